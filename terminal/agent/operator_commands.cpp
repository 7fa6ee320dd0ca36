// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/operator_commands.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "terminal/agent/desk_call.h"
#include "terminal/agent/entry.h"
#include "terminal/agent/error_output.h"
#include "terminal/agent/refusal_output.h"

namespace madoguchi::agent {
namespace {

constexpr std::size_t kOperatorPinBytesMax = 12;

int Done(const Options& options, const std::string& text) {
  PrintLine(options.json ? nlohmann::ordered_json{{"ok", true}}.dump() : text);
  return kExitDone;
}

}  // namespace

int SignInOperatorCommand(const Options& options) {
  Result<Entry> entry = Entry::Open(options.secrets_fd);
  if (!entry) return ShowError(entry.error(), options.json);
  const Result<std::unique_ptr<identity::DeskAccount>> account = OpenDeskAccount(options);
  if (!account) return ShowError(account.error(), options.json);
  const auto sign_in = [&]() -> Result<identity::SignedIn> {
    TRY_ASSIGN(const SecretBytes pin,
               entry->Secret("operator_pin", "受付担当の暗証番号 / operator PIN", kOperatorPinBytesMax));
    return (*account)->SignInOperator(options.staff_code, pin);
  };
  const Result<identity::SignedIn> signed_in = sign_in();
  if (!signed_in) return ShowRefusal(signed_in.error(), (*account)->refusal(), options.json);
  if (options.json) {
    PrintLine(nlohmann::ordered_json{{"ok", true},
                                     {"staff_code", options.staff_code},
                                     {"pin_must_change", signed_in->pin_must_change},
                                     {"idle_ms", signed_in->idle.count()}}
                  .dump());
    return kExitDone;
  }
  std::string text = "サインインしました / signed in: " + options.staff_code;
  if (signed_in->pin_must_change)
    text += "\n最初の暗証番号を変更してください: madoguchi-terminal operator change-pin / change the first PIN";
  PrintLine(text);
  return kExitDone;
}

int SignOutOperatorCommand(const Options& options) {
  const Result<std::unique_ptr<identity::DeskAccount>> account = OpenDeskAccount(options);
  if (!account) return ShowError(account.error(), options.json);
  if (const Result<void> done = (*account)->SignOutOperator(); !done)
    return ShowRefusal(done.error(), (*account)->refusal(), options.json);
  return Done(options, "サインアウトしました / signed out");
}

int ChangeOperatorPinCommand(const Options& options) {
  Result<Entry> entry = Entry::Open(options.secrets_fd);
  if (!entry) return ShowError(entry.error(), options.json);
  const Result<std::unique_ptr<identity::DeskAccount>> account = OpenDeskAccount(options);
  if (!account) return ShowError(account.error(), options.json);
  const auto change = [&]() -> Result<void> {
    TRY_ASSIGN(const SecretBytes before,
               entry->Secret("operator_pin", "現在の暗証番号 / current PIN", kOperatorPinBytesMax));
    TRY_ASSIGN(
        const SecretBytes after,
        entry->Secret("new_operator_pin", "新しい暗証番号(4〜12桁) / new PIN, 4–12 digits", kOperatorPinBytesMax));
    TRY_ASSIGN(const SecretBytes again,
               entry->Again("new_operator_pin", "新しい暗証番号(もう一度) / new PIN again", kOperatorPinBytesMax));
    if (!std::equal(after.view().begin(), after.view().end(), again.view().begin(), again.view().end()))
      return Error{ErrorCode::kPasswordsDiffer, "", {}};
    return (*account)->ChangeOperatorPin(options.staff_code, before, after);
  };
  if (const Result<void> changed = change(); !changed)
    return ShowRefusal(changed.error(), (*account)->refusal(), options.json);
  return Done(options, "暗証番号を変更しました / PIN changed");
}

}  // namespace madoguchi::agent
