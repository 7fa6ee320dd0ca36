// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/passcode_commands.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "contract/log.h"
#include "terminal/agent/account_commands.h"
#include "terminal/agent/desk_call.h"
#include "terminal/agent/error_output.h"
#include "terminal/agent/refusal_output.h"
#include "terminal/identity/passcode.h"

namespace madoguchi::agent {
namespace {

using identity::PasscodeState;

Result<void> SetNew(const Options& options, Entry& entry) {
  TRY_ASSIGN(const SecretBytes first, entry.Secret("new_passcode", "新しいパスコード(4桁) / new passcode, four digits",
                                                   identity::kPasscodeDigits));
  TRY_ASSIGN(const SecretBytes again,
             entry.Again("new_passcode", "新しいパスコード(もう一度) / new passcode again", identity::kPasscodeDigits));
  if (!std::equal(first.view().begin(), first.view().end(), again.view().begin(), again.view().end()))
    return Error{ErrorCode::kPasswordsDiffer, "", {}};
  return identity::SetPasscode(options.directory, first.view());
}

// As the counter says it: somebody who cannot be let in any more does not stay logged in.
void LogOutWherePossible(const Options& options) {
  const Result<std::unique_ptr<identity::DeskAccount>> account = OpenDeskAccount(options);
  const Result<void> done = account ? (*account)->LogOut("") : account.error();
  if (!done) log::Report("agent", "not_logged_out", done.error());
}

Result<void> TryOnce(const Options& options, Entry& entry) {
  TRY_ASSIGN(const SecretBytes typed,
             entry.Secret("passcode", "パスコード(4桁) / passcode", identity::kPasscodeDigits));
  Result<void> right = identity::CheckPasscode(options.directory, typed.view());
  if (!right && right.error().code == ErrorCode::kPasscodeSpent) LogOutWherePossible(options);
  return right;
}

int Show(const Result<void>& done, const identity::CallRefusal& refusal, const Options& options) {
  if (!done) return ShowRefusal(done.error(), refusal, options.json);
  PrintLine(options.json ? nlohmann::ordered_json{{"ok", true}}.dump() : "パスコードを設定しました / passcode set");
  return kExitDone;
}

}  // namespace

int SetPasscodeCommand(const Options& options) {
  identity::CallRefusal refusal;
  const auto set = [&]() -> Result<void> {
    TRY_VOID(identity::FindIdentity(options.directory));
    TRY_ASSIGN(Entry entry, Entry::Open(options.secrets_fd));
    if (identity::LookAtPasscode(options.directory) != PasscodeState::kNone) {
      TRY_ASSIGN(const std::unique_ptr<identity::DeskAccount> account, OpenDeskAccount(options));
      const Result<identity::AccountAtDesk> proved = LogInOnce(options, entry, *account);
      refusal = account->refusal();
      if (!proved) return proved.error();
    }
    return SetNew(options, entry);
  };
  return Show(set(), refusal, options);
}

int ChangePasscodeCommand(const Options& options) {
  const auto change = [&]() -> Result<void> {
    TRY_VOID(identity::FindIdentity(options.directory));
    TRY_ASSIGN(Entry entry, Entry::Open(options.secrets_fd));
    TRY_VOID(TryOnce(options, entry));
    return SetNew(options, entry);
  };
  return Show(change(), {}, options);
}

Result<void> AskPasscode(const Options& options, Entry& entry) {
  for (;;) {
    const PasscodeState state = identity::LookAtPasscode(options.directory);
    if (state == PasscodeState::kNone) return {};
    if (state == PasscodeState::kSpent) return Error{ErrorCode::kPasscodeSpent, "", {}};
    Result<void> right = TryOnce(options, entry);
    if (right || !entry.typed() || options.json || right.error().code != ErrorCode::kPasscodeWrong) return right;
    Progress(ErrorText(right.error()));
  }
}

}  // namespace madoguchi::agent
