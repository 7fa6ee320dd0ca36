// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/check_command.h"

#include <cstdio>

#include "terminal/agent/desk_agent.h"
#include "terminal/agent/entry.h"
#include "terminal/agent/error_output.h"
#include "terminal/agent/passcode_commands.h"
#include "terminal/agent/pin_entry.h"
#include "terminal/agent/result_json.h"
#include "terminal/agent/result_text.h"

namespace madoguchi::agent {
namespace {

// The PIN of the next press, in its slot. From a descriptor it is read before the card is waited for; typed, after it
// was read.
class PinOfPress {
 public:
  PinOfPress(const Options& options, const TerminalRules& rules, relay::DeskPin& pin)
      : options_(options), rules_(rules), pin_(pin) {}

  Result<void> BeforeCard(bool last_press) {
    if (options_.by_sight || options_.pin_fd < 0) return {};
    TRY_VOID(ReadPin(options_.pin_fd, rules_.pin_rule, pin_));
    return Entered(last_press ? RefuseMore(options_.pin_fd, pin_) : Result<void>());
  }
  Result<void> AfterCard(DeskAgent& agent) {
    if (options_.by_sight || options_.pin_fd >= 0 || !agent.pin_is_worth_asking()) return {};
    return Entered(TypePin(
        agent.events(), [&agent] { return agent.LookAround(); }, pin_));
  }

 private:
  Result<void> Entered(Result<void> entered) {
    if (entered && options_.bypass_pin_slot && rules_.leak_on_purpose)
      rules_.leak_on_purpose(pin_.bytes_for_leak_test());
    return entered;
  }
  const Options& options_;
  const TerminalRules& rules_;
  relay::DeskPin& pin_;
};

Result<Checked> CheckOnce(const Options& options, bool last_press, DeskAgent& agent, PinOfPress& entry,
                          relay::DeskPin& pin) {
  TRY_VOID(entry.BeforeCard(last_press));
  TRY_VOID(agent.PrepareCard(Deadline::In(options.wait)));
  TRY_VOID(entry.AfterCard(agent));
  Result<Checked> checked = agent.Press(options.by_sight, &pin, options.confirm_last_try);
  const bool last_try = checked && !checked->answer.answer && checked->answer.refusal.code == ErrorCode::kPinLastTry;
  if (!last_try || options.json || options.pin_fd >= 0 || !AgreeToLastTry()) return checked;
  TRY_VOID(agent.PrepareCard(Deadline::In(options.wait)));
  TRY_VOID(entry.AfterCard(agent));
  return agent.Press(options.by_sight, &pin, true);
}

Result<void> LetIn(const Options& options) {
  TRY_ASSIGN(Entry entry, Entry::Open(options.secrets_fd));
  return AskPasscode(options, entry);
}

void StayUntilInputEnds() {
  while (std::getchar() != EOF) continue;
}

int Show(const Result<Checked>& checked, bool json) {
  if (!checked) return ShowError(checked.error(), json);
  if (!checked->answer.answer) return ShowError(checked->answer.refusal, json);
  if (!json) PrintLine(AccountText(checked->welcome.institution_code, checked->welcome.account_id));
  PrintLine(json ? ResultJson(*checked) : ResultText(*checked->answer.answer));
  return kExitDone;
}

}  // namespace

int CheckCommand(const Options& options, const TerminalRules& rules) {
  if (const Result<void> in = LetIn(options); !in) return ShowError(in.error(), options.json);
  Result<relay::DeskPin> pin = relay::DeskPin::Make(rules.pin_rule);
  if (!pin) return ShowError(pin.error(), options.json);
  const Result<std::unique_ptr<DeskAgent>> agent = DeskAgent::Start(options);
  if (!agent) return ShowError(agent.error(), options.json);
  PinOfPress entry(options, rules, *pin);
  for (int press = 0; press < options.repeat; ++press) {
    const int exit = Show(CheckOnce(options, press + 1 == options.repeat, **agent, entry, *pin), options.json);
    if (exit != kExitDone) return exit;
  }
  if (options.stay) StayUntilInputEnds();
  return kExitDone;
}

}  // namespace madoguchi::agent
