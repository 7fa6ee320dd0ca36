// SPDX-License-Identifier: Apache-2.0
// ScriptRunner: runs the card scripts of a server on one card in one exclusive session, step by step through the
// command policy. It stops at the first status word that a step does not accept and always returns what it has. One
// object per session; after an error of the port the session is over. Thread: that of the session. The port outlives
// it.
#pragma once
#include <optional>
#include <string>

#include "contract/card_script.h"
#include "terminal/relay/card_exchange.h"
#include "terminal/relay/command_policy.h"
#include "terminal/relay/desk_pin.h"
#include "terminal/relay/file_reading.h"

namespace madoguchi::relay {

// What a press gives to its proof scripts. The PIN slot outlives them; the first VERIFY empties it.
struct PressAtCard {
  Occasion occasion = Occasion::kPinPress;
  std::string institution_code;  // 10 digits, of this desk's welcome: not of the script
  Bytes press_id;                // 16 bytes
  bool last_try_agreed = false;  // the holder agreed to use the last try
  DeskPin* pin = nullptr;
};

// A step the policy did not let pass: goes into the trail of the server.
struct RefusedStep {
  std::size_t step = 0;       // 0-based
  Bytes header;               // CLA INS P1 P2; empty for a read-file step
  std::uint16_t file_id = 0;  // of a read-file step
};

struct ScriptRun {
  ScriptAnswers answers;
  std::optional<Error> error;  // why it stopped; the code is answers.stopped
  std::optional<RefusedStep> refused;
  bool session_lost = false;  // the port failed: this session must be ended
};

class ScriptRunner {
 public:
  ScriptRunner(CardPort& port, bool sight_allowed, ExtendedApdu extended)
      : exchange_(port), policy_(sight_allowed), extended_(extended) {}

  ScriptRun RunOpening(const CardScript& script);
  // A press may have several scripts: what one of them proved or spent counts for the next.
  ScriptRun RunProof(const CardScript& script, const PressAtCard& press);
  ExtendedApdu extended() const { return extended_; }

 private:
  ScriptRun Run(const CardScript& script, const PressAtCard* press);
  Result<CardAnswer> RunStep(const TransmitStep& step, const PressAtCard* press);
  Result<CardAnswer> RunStep(const ReadFileStep& step);
  Result<CardAnswer> Verify(const TransmitStep& step, const PressAtCard& press);
  Result<void> LookAtTries(const PressAtCard& press);
  Result<CardAnswer> SendBytes(const TransmitStep& step, ByteView apdu);

  CardExchange exchange_;
  CommandPolicy policy_;
  ExtendedApdu extended_;
  Bytes press_id_;  // of the press that began last
  bool first_command_ = true;
  bool port_failed_ = false;
  std::optional<int> tries_left_;  // of this run
};

}  // namespace madoguchi::relay
