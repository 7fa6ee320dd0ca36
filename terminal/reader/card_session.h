// SPDX-License-Identifier: Apache-2.0
// CardSession: one card, held alone (SCARD_SHARE_EXCLUSIVE and one transaction), from power-up to power-down. Its end
// always unpowers the card, because a verified PIN outlives a disconnect on real cards (reference/jpki-card.md §3,
// reference/virtual-card.md §4). Thread: one. Owns its own PC/SC context. Errors of Open: READER_HELD_BY_OTHER_PROGRAM
// (after limits::kReaderHeldRetry), CARD_NOT_PRESENT, NO_READER, PCSC_SERVICE_UNAVAILABLE, CARD_ANSWER_INVALID (a card
// that does not answer).
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "contract/deadline.h"
#include "terminal/relay/card_port.h"

namespace madoguchi::reader {

inline constexpr std::chrono::milliseconds kReaderHeldPause{100};  // between two tries to get a reader that is held

class CardSession final : public relay::CardPort {
 public:
  static Result<std::unique_ptr<CardSession>> Open(const std::string& reader, Deadline deadline);
  ~CardSession() override;
  CardSession(const CardSession&) = delete;
  CardSession& operator=(const CardSession&) = delete;

  // After its first error every call fails with the same error: a session is never mended.
  Result<Bytes> Transmit(ByteView apdu) override;
  // What the reader itself says about extended APDUs (PC/SC part 10); most say nothing.
  std::optional<bool> extended_by_reader() const { return extended_by_reader_; }

 private:
  explicit CardSession(long context) : context_(context) {}
  Result<void> Connect(const std::string& reader, Deadline deadline);

  long context_;
  std::optional<long> card_;
  unsigned long protocol_ = 0;
  std::optional<bool> extended_by_reader_;
  std::optional<Error> lost_;
};

}  // namespace madoguchi::reader
