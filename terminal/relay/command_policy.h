// SPDX-License-Identifier: Apache-2.0
// CommandPolicy: which commands of a server this desk lets reach a patient's card. Compiled code, not configuration: a
// server that was taken over can get one signature per real press and nothing else (design §4 "Command policy"). One
// object per exclusive card session. Thread: that of the session. Every refusal is COMMAND_REFUSED_BY_POLICY. Source of
// the bytes: reference/jpki-card.md §1–3.
//
//   begin ──SELECT JPKI AP, 9000──▶ application ──SELECT EF, 9000──▶ file current ──▶ READ · empty VERIFY
//   with a press: VERIFY 0018 from the PIN slot, 9000 (or EXTERNAL AUTHENTICATE, 9000) ──▶ proved ──SELECT 0017,
//   sign──▶ finished
//   where sight is allowed: GET CHALLENGE as the last command of the opening, or in a press by sight before its proof;
//   EXTERNAL AUTHENTICATE once per press by sight, and only when the card gave a challenge for it in this session
#pragma once
#include <cstdint>
#include <optional>

#include "contract/card_script.h"

namespace madoguchi::relay {

enum class Occasion {
  kOpening,     // a card lies there, nobody pressed anything
  kPinPress,    // this press is proved by PIN
  kSightPress,  // this press is proved by sight
};

class CommandPolicy {
 public:
  explicit CommandPolicy(bool sight_allowed) : sight_allowed_(sight_allowed) {}

  // A press (or the opening script) begins in this session: a proof of an earlier one no longer counts.
  void Begin(Occasion occasion);

  // May this step reach the card now?
  Result<void> Admit(const TransmitStep& step) const;
  Result<void> Admit(const ReadFileStep& step) const;
  // The step goes to the card now. Called before the transmission: a signature or a VERIFY whose answer is lost still
  // counts.
  void Sent(const TransmitStep& step);
  // The card answered: only 9000 changes what is selected or proved.
  void Answered(const TransmitStep& step, std::uint16_t status_word);

 private:
  bool OpeningIsOver() const { return occasion_ == Occasion::kOpening && challenge_asked_; }

  bool sight_allowed_;
  Occasion occasion_ = Occasion::kOpening;
  bool application_selected_ = false;
  std::optional<std::uint16_t> current_file_;
  bool challenge_asked_ = false;    // in this opening or press
  bool challenge_waits_ = false;    // the card gave one and has not been answered yet
  bool authenticate_sent_ = false;  // in this press
  bool pin_sent_ = false;           // in this press
  bool proved_ = false;             // in this press
  bool signed_ = false;             // in this session: then only power-down is left
};

}  // namespace madoguchi::relay
