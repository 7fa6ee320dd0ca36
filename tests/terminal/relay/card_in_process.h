// SPDX-License-Identifier: Apache-2.0
// The simulated card behind a CardPort, with the troubles a reader can make. Counts and keeps what reached the card.
#pragma once
#include <optional>
#include <vector>

#include "terminal/relay/card_port.h"
#include "tests/simulators/card/jpki_card.h"

namespace madoguchi::relay {

class CardInProcess final : public CardPort {
 public:
  explicit CardInProcess(simulators::CardOptions options = {}) : card(simulators::MakeTestCard(std::move(options))) {
    card.PowerOn();
  }

  Result<Bytes> Transmit(ByteView apdu) override {
    if (fail_at && commands.size() + 1 == *fail_at) return Error{ErrorCode::kCardRemoved, "pulled", {}};
    if (short_only && apdu.size() >= 7 && apdu[4] == 0) return Error{ErrorCode::kCardRemoved, "no extended here", {}};
    commands.emplace_back(apdu.begin(), apdu.end());
    return card.Transmit(apdu);
  }

  simulators::JpkiCard card;
  std::optional<std::size_t> fail_at;  // 1 = the first command
  bool short_only = false;             // an extended command breaks the session
  std::vector<Bytes> commands;
};

// Answers from a list, whatever is asked.
class ScriptedPort final : public CardPort {
 public:
  explicit ScriptedPort(std::vector<Bytes> answers) : answers_(std::move(answers)) {}
  Result<Bytes> Transmit(ByteView apdu) override {
    commands.emplace_back(apdu.begin(), apdu.end());
    if (commands.size() > answers_.size()) return Error{ErrorCode::kCardRemoved, "no more answers", {}};
    return answers_[commands.size() - 1];
  }
  std::vector<Bytes> commands;

 private:
  std::vector<Bytes> answers_;
};

inline Bytes Hex(std::string_view text) {
  return FromHex(text).value_or(Bytes{});
}

}  // namespace madoguchi::relay
