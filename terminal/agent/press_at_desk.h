// SPDX-License-Identifier: Apache-2.0
// PressAtDesk: the press that is open, as far as this side sees it: what its scripts may do with the card, what the
// card answered and how long that took. Thread: that of the agent.
#pragma once
#include <optional>

#include "terminal/agent/card_at_desk.h"
#include "terminal/agent/checked.h"

namespace madoguchi::agent {

class PressAtDesk {
 public:
  // card: with its opening answers; nullptr for a press without a card.
  PressAtDesk(relay::PressAtCard at_card, const CardAtDesk* card);

  const Bytes& press_id() const { return at_card_.press_id; }
  // Runs a script of this press, as far as the card is there still. Always answers.
  relay::ScriptRun Run(const link::ProofRequest& request, CardAtDesk& card);

  std::optional<link::CheckAnswer> answer;
  CardFigures figures;

 private:
  relay::PressAtCard at_card_;
  bool card_finished_ = false;  // its last script ran: the card has no power any more
};

}  // namespace madoguchi::agent
