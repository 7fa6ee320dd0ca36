// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/check_command.h"

#include <cstdio>

#include "terminal/agent/check_refusal.h"
#include "terminal/agent/desk_agent.h"
#include "terminal/agent/desk_call.h"
#include "terminal/agent/error_output.h"
#include "terminal/agent/key_choice.h"
#include "terminal/agent/on_screen.h"
#include "terminal/agent/passcode_commands.h"
#include "terminal/agent/patient_entry.h"
#include "terminal/agent/pin_entry.h"
#include "terminal/agent/refusal_output.h"
#include "terminal/agent/result_footer.h"
#include "terminal/agent/result_json.h"
#include "terminal/agent/result_outcome.h"
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
    if (!by_pin() || options_.pin_fd < 0) return {};
    TRY_VOID(ReadPin(options_.pin_fd, rules_.pin_rule, pin_));
    return Entered(last_press ? RefuseMore(options_.pin_fd, pin_) : Result<void>());
  }
  Result<void> AfterCard(DeskAgent& agent) {
    if (!by_pin() || options_.pin_fd >= 0 || !agent.pin_is_worth_asking()) return {};
    return Entered(TypePin(
        agent.events(), [&agent] { return agent.LookAround(); }, pin_));
  }

 private:
  bool by_pin() const { return options_.method == link::Method::kPin; }
  Result<void> Entered(Result<void> entered) {
    if (entered && options_.bypass_pin_slot && rules_.leak_on_purpose)
      rules_.leak_on_purpose(pin_.bytes_for_leak_test());
    return entered;
  }
  const Options& options_;
  const TerminalRules& rules_;
  relay::DeskPin& pin_;
};

// What one desk works with while the command runs.
struct Desk {
  const Options& options;
  DeskAgent& agent;
  PinOfPress& entry;
  relay::DeskPin& pin;
  OnScreen& on_screen;
};

// Each press reads the card anew, with a fresh look at the tries. However it ends, no PIN stays for the next card.
Result<Checked> Press(Desk& desk, const link::PressFields& fields, bool last_try_agreed) {
  const auto press = [&]() -> Result<Checked> {
    if (fields.method != link::Method::kNumber) {
      TRY_VOID(desk.agent.PrepareCard(Deadline::In(desk.options.wait)));
      TRY_VOID(desk.entry.AfterCard(desk.agent));
    }
    return desk.agent.Press(fields, &desk.pin, last_try_agreed);
  };
  Result<Checked> checked = press();
  desk.pin.Clear();
  return checked;
}

bool AgreeToLastTry() {
  const std::optional<char> key = AskKey(
      "暗証番号の入力はあと1回です。間違えるとロックされます。続けますか (y/N) / one try is left, and a wrong PIN "
      "blocks "
      "it. Go on?",
      "yYnN\n");
  return key == 'y' || key == 'Y';
}

Result<Checked> CheckOnce(Desk& desk, const link::PressFields& fields, bool last_press) {
  const Options& options = desk.options;
  TRY_VOID(desk.entry.BeforeCard(last_press));
  Result<Checked> checked = Press(desk, fields, options.confirm_last_try);
  const bool last_try = checked && !checked->answer.answer && checked->answer.refusal.code == ErrorCode::kPinLastTry;
  if (!last_try || options.json || options.pin_fd >= 0 || !AgreeToLastTry()) return checked;
  return Press(desk, fields, true);
}

// The birth date is not the expected one: what would be handed on waits for a person to say who it is. Without keyboard
// the command `confirm` does that.
int ConfirmPerson(const Options& options, const Checked& checked) {
  const std::optional<char> key = AskKey(
      "患者さんは予定の方ですか / is this the expected patient?\n"
      "  y 同じ人: レセコンに渡す / the same: hand it on   n 別の人: 渡さない / another: destroy it   Enter あとで / "
      "later",
      "yn\n");
  if (!key || *key == '\n') return kExitDone;
  const Result<std::unique_ptr<identity::DeskCheck>> calls = OpenDeskCheck(options);
  if (!calls) return ShowError(calls.error(), false);
  if (const Result<void> said = (*calls)->Confirm(checked.press_id, *key == 'y'); !said)
    return ShowRefusal(said.error(), (*calls)->refusal(), false);
  PrintLine(*key == 'y' ? "確認しました / confirmed" : "渡さずに破棄しました / destroyed");
  return kExitDone;
}

int Show(Desk& desk, const Result<Checked>& checked) {
  const Options& options = desk.options;
  if (!checked) return ShowCheckRefusal(checked.error(), options.method, desk.agent.methods(), options.json);
  if (!checked->answer.answer)
    return ShowCheckRefusal(checked->answer.refusal, options.method, desk.agent.methods(), options.json);
  const auto shown = [&](link::ScreenForm form) {
    desk.on_screen.Shown(checked->press_id, BlocksOf(*checked->answer.answer), form);
  };
  if (options.json) {
    PrintLine(ResultJson(*checked));
    shown(link::ScreenForm::kJson);
    return kExitDone;
  }
  PrintLine(AccountText(checked->welcome.institution_code, checked->welcome.account_id));
  PrintLine(ResultText(*checked->answer.answer));
  PrintLine(ResultFooter(*checked));
  shown(link::ScreenForm::kText);
  const bool waits = checked->answer.birthdate_differs && !checked->answer.handoff.empty();
  return waits ? ConfirmPerson(options, *checked) : kExitDone;
}

// All presses for one patient.
int CheckPatient(Desk& desk, PatientEntry& patient) {
  const Options& options = desk.options;
  const auto refused = [&](const Error& error) {
    return ShowCheckRefusal(error, options.method, desk.agent.methods(), options.json);
  };
  // Refused here where the rules are known, before anything is typed.
  if (const Result<void> may = desk.agent.PrepareMethod(options.method, Deadline::In(options.wait)); !may)
    return refused(may.error());
  Result<link::PressFields> fields = patient.Next();
  if (!fields) return refused(fields.error());
  int more_asked = 0;
  for (int press = 0; press < options.repeat; ++press) {
    desk.agent.FinishReports(kReportsBehindMax);  // a program asks faster than a person reads
    const Result<Checked> checked = CheckOnce(desk, *fields, press + 1 == options.repeat);
    const int exit = Show(desk, checked);
    if (exit != kExitDone) return exit;
    if (!AsksForMore(*checked->answer.answer) || ++more_asked > kMoreAskedMax) continue;
    const Result<bool> more = patient.AskMore(*fields);
    if (!more) return refused(more.error());
    if (*more) --press;  // one more press in the place of this one
  }
  return kExitDone;
}

// One key for the next family member. The agent goes on meanwhile: the link stays, a card may come and go.
bool NextMember(DeskAgent& agent) {
  const Meanwhile meanwhile{agent.events(), [&agent] { static_cast<void>(agent.LookAround()); }};
  const std::optional<char> key =
      AskKey("次のご家族: n か Enter / 終わり: q  (next member: n or Enter, end: q)", "n\nq", meanwhile);
  return key && *key != 'q';
}

void StayUntilInputEnds() {
  while (std::getchar() != EOF) continue;
}

}  // namespace

int CheckCommand(const Options& options, const TerminalRules& rules) {
  Result<Entry> entry = Entry::Open(options.secrets_fd);
  if (!entry) return ShowError(entry.error(), options.json);
  if (const Result<void> in = AskPasscode(options, *entry); !in) return ShowError(in.error(), options.json);
  Result<relay::DeskPin> pin = relay::DeskPin::Make(rules.pin_rule);
  if (!pin) return ShowError(pin.error(), options.json);
  const Result<std::unique_ptr<DeskAgent>> agent = DeskAgent::Start(options);
  if (!agent) return ShowError(agent.error(), options.json);
  PinOfPress pin_of_press(options, rules, *pin);
  PatientEntry patient(options, *entry);
  OnScreen on_screen([&agent](const link::ScreenReport& report) { (*agent)->Report(report); });
  Desk desk{options, **agent, pin_of_press, *pin, on_screen};
  int exit = kExitDone;
  for (bool next = true; next;) {
    exit = CheckPatient(desk, patient);
    (*agent)->ExpectAnotherCard();
    if (!options.family || exit == kExitEnvironment) break;
    next = NextMember(**agent);
    on_screen.Closed(next ? link::ScreenEnd::kNextPatient : link::ScreenEnd::kKey);
  }
  if (options.stay && exit == kExitDone) {
    StayUntilInputEnds();
    on_screen.Closed(link::ScreenEnd::kKey);
  }
  on_screen.Closed(link::ScreenEnd::kProgram);
  (*agent)->FinishReports();
  return exit;
}

}  // namespace madoguchi::agent
