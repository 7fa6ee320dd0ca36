// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/account_commands.h"

#include <nlohmann/json.hpp>
#include <vector>

#include "terminal/agent/desk_call.h"
#include "terminal/agent/error_output.h"
#include "terminal/agent/refusal_output.h"
#include "terminal/agent/status_output.h"
#include "terminal/identity/activation.h"
#include "terminal/identity/passcode.h"
#include "terminal/identity/renewal.h"

namespace madoguchi::agent {
namespace {

int Done(const Options& options, const std::string& text) {
  PrintLine(options.json ? nlohmann::ordered_json{{"ok", true}}.dump() : text);
  return kExitDone;
}

struct Named {
  std::string institution_code, account_id;  // empty: somebody has to say it
};

// Which of this desk's accounts is meant, where the options leave it open: the only one that fits, as the server has it
// now; of several, and when the server does not say, the one of the activation if it fits. What was written down then
// may be out of date: accounts are added, and an institution code changes.
Result<Named> AccountMeant(const Options& options, identity::DeskAccount& account) {
  Named named{options.institution_code, options.account_id};
  if (!named.institution_code.empty() && !named.account_id.empty()) return named;
  TRY_ASSIGN(const identity::Connection stored, identity::ReadConnection(options.directory));
  std::vector<Named> fitting;
  bool stored_fits = false;
  if (const Result<identity::DeskStatus> status = account.Status()) {
    for (const identity::AccountAtDesk& one : status->accounts) {
      if (!named.institution_code.empty() && named.institution_code != one.institution_code) continue;
      if (!named.account_id.empty() && named.account_id != one.account_id) continue;
      fitting.push_back({one.institution_code, one.account_id});
      stored_fits = stored_fits || one.institution_code == stored.institution_code;
    }
  }
  if (fitting.size() == 1) return fitting.front();
  if (named.institution_code.empty() && (stored_fits || fitting.empty()))
    named.institution_code = stored.institution_code;
  if (named.account_id.empty() && named.institution_code == stored.institution_code)
    named.account_id = stored.account_id;
  return named;
}

int ShowLoggedIn(const Options& options, const identity::AccountAtDesk& account) {
  // The password proves more than the passcode: the tries of a spent one are over.
  if (identity::LookAtPasscode(options.directory) == identity::PasscodeState::kSpent) {
    if (const Result<void> forgotten = identity::ForgetPasscode(options.directory); !forgotten)
      return ShowError(forgotten.error(), options.json);
    Progress("新しいパスコードを設定してください: madoguchi-terminal passcode set / choose a new passcode");
  }
  PrintLine(options.json
                ? LoggedInJson(account)
                : "ログインしました / logged in: " + account.account_id + " (" + account.institution_code + ")");
  return kExitDone;
}

}  // namespace

Result<identity::AccountAtDesk> LogInOnce(const Options& options, Entry& entry, identity::DeskAccount& account) {
  TRY_ASSIGN(Named named, AccountMeant(options, account));
  if (named.institution_code.empty()) {
    TRY_ASSIGN(named.institution_code, entry.Text("institution_code", "機関コード (例 0110000001) / institution code",
                                                  "", identity::kInstitutionCodeBytesMax));
  }
  if (options.account_id.empty()) {
    TRY_ASSIGN(named.account_id,
               entry.Text("account_id", "ID (例 W0000001) / ID", named.account_id, identity::kAccountIdBytesMax));
  }
  TRY_ASSIGN(const SecretBytes password,
             entry.Secret("password", "パスワード / password", identity::kPasswordBytesMax));
  return account.LogIn(named.institution_code, named.account_id, password);
}

int StatusCommand(const Options& options) {
  const Result<std::unique_ptr<identity::DeskAccount>> account = OpenDeskAccount(options);
  if (!account) return ShowError(account.error(), options.json);
  const Result<identity::DeskStatus> status = (*account)->Status();
  if (!status) return ShowRefusal(status.error(), (*account)->refusal(), options.json);
  const identity::PasscodeState passcode = identity::LookAtPasscode(options.directory);
  PrintLine(options.json ? StatusJson(*status, passcode) : StatusText(*status, passcode));
  return kExitDone;
}

int LogInCommand(const Options& options) {
  Result<Entry> entry = Entry::Open(options.secrets_fd);
  if (!entry) return ShowError(entry.error(), options.json);
  const Result<std::unique_ptr<identity::DeskAccount>> account = OpenDeskAccount(options);
  if (!account) return ShowError(account.error(), options.json);
  for (int tries = 1;; ++tries) {
    const Result<identity::AccountAtDesk> logged_in = LogInOnce(options, *entry, **account);
    if (logged_in) return ShowLoggedIn(options, *logged_in);
    const ErrorCode code = logged_in.error().code;
    const int exit = ShowRefusal(logged_in.error(), (*account)->refusal(), options.json);
    const bool at_keyboard = entry->typed() && !options.json && tries < kLogInTriesTyped;
    if (!at_keyboard || (code != ErrorCode::kLogInRefused && code != ErrorCode::kLogInLocked)) return exit;
    if (code == ErrorCode::kLogInLocked && !CountDown((*account)->refusal().retry_after)) return exit;
  }
}

int LogOutCommand(const Options& options) {
  const Result<std::unique_ptr<identity::DeskAccount>> account = OpenDeskAccount(options);
  if (!account) return ShowError(account.error(), options.json);
  if (const Result<void> done = (*account)->LogOut(options.institution_code); !done)
    return ShowRefusal(done.error(), (*account)->refusal(), options.json);
  return Done(options, "ログアウトしました。次はIDとパスワードが必要です / logged out");
}

int ChangePasswordCommand(const Options& options) {
  Result<Entry> entry = Entry::Open(options.secrets_fd);
  if (!entry) return ShowError(entry.error(), options.json);
  const Result<std::unique_ptr<identity::DeskAccount>> account = OpenDeskAccount(options);
  if (!account) return ShowError(account.error(), options.json);
  const auto change = [&]() -> Result<void> {
    TRY_ASSIGN(const Named named, AccountMeant(options, **account));
    if (named.institution_code.empty()) return Error{ErrorCode::kFieldInvalid, "--institution", {}};
    TRY_ASSIGN(const SecretBytes before,
               entry->Secret("password", "現在のパスワード / current password", identity::kPasswordBytesMax));
    TRY_ASSIGN(const SecretBytes after,
               entry->Secret("new_password", "新しいパスワード / new password", identity::kPasswordBytesMax));
    TRY_ASSIGN(const SecretBytes again, entry->Again("new_password", "新しいパスワード(もう一度) / new password again",
                                                     identity::kPasswordBytesMax));
    return (*account)->ChangePassword(named.institution_code, before, after, again);
  };
  if (const Result<void> changed = change(); !changed)
    return ShowRefusal(changed.error(), (*account)->refusal(), options.json);
  return Done(options, "パスワードを変更しました / password changed");
}

int RenewCommand(const Options& options) {
  identity::CallRefusal refusal;
  if (options.late) {
    const auto renew = [&]() -> Result<identity::LateRenewal> {
      TRY_ASSIGN(const identity::Connection connection, identity::ReadConnection(options.directory));
      const std::string& server = options.server.empty() ? connection.enrolment_server : options.server;
      return identity::RenewLate(server, options.directory, refusal);
    };
    const Result<identity::LateRenewal> renewal = renew();
    if (!renewal) return ShowRefusal(renewal.error(), refusal, options.json);
    if (renewal->done) return Done(options, "証明書を更新しました / certificate renewed");
    const std::string fingerprint = GroupedHex(renewal->key_fingerprint);
    if (!options.json)
      Progress(
          "管理者に電話でこの指紋を伝え、承認後にもう一度実行してください / "
          "read this fingerprint to the administrator, then repeat:\n" +
          fingerprint);
    return ShowWaiting(fingerprint, options.json);
  }
  const auto renew = [&]() -> Result<void> {
    TRY_ASSIGN(const std::string server, ServerOf(options));
    TRY_VOID(identity::Renew(server, options.directory, refusal));
    // Its first use, here and now: the old certificate ends with it.
    TRY_ASSIGN(const std::unique_ptr<identity::DeskAccount> account,
               identity::DeskAccount::Open(server, options.directory));
    TRY_VOID(account->Status());
    return {};
  };
  if (const Result<void> renewed = renew(); !renewed) return ShowRefusal(renewed.error(), refusal, options.json);
  return Done(options, "証明書を更新しました / certificate renewed");
}

int DeregisterCommand(const Options& options) {
  Result<Entry> entry = Entry::Open(options.secrets_fd);
  if (!entry) return ShowError(entry.error(), options.json);
  const bool agreed = options.yes || entry->Confirm(
                                         "この端末の登録を解除します。以後使えません。よろしいですか / "
                                         "deregister this desk for good?");
  if (!agreed) return ShowError({ErrorCode::kFieldInvalid, "--yes", {}}, options.json);
  if (options.local_only) {
    if (const Result<void> gone = identity::DestroyIdentity(options.directory); !gone)
      return ShowError(gone.error(), options.json);
    PrintLine(options.json
                  ? nlohmann::ordered_json{{"ok", true}, {"server_told", false}}.dump()
                  : "この端末の鍵を破棄しました。サーバー側は未解除です。管理者が madoguchi-admin desk revoke と "
                    "account release を実行してください。\nkeys destroyed here; on the server revoke the desk "
                    "and release the account");
    return kExitDone;
  }
  const Result<std::unique_ptr<identity::DeskAccount>> account = OpenDeskAccount(options);
  if (!account) return ShowError(account.error(), options.json);
  const auto deregister = [&]() -> Result<bool> {
    TRY_ASSIGN(const SecretBytes password,
               entry->Secret("password", "パスワード / password", identity::kPasswordBytesMax));
    return (*account)->Deregister(options.institution_code, password);
  };
  const Result<bool> national_told = deregister();
  if (!national_told) return ShowRefusal(national_told.error(), (*account)->refusal(), options.json);
  // With one of several accounts gone the desk goes on with the others. Without the server's word nobody knows whether
  // there are any: then the keys stay, and --local-only destroys them.
  bool others = false;
  if (!options.institution_code.empty()) {
    const Result<identity::DeskStatus> status = (*account)->Status();
    others = status ? !status->accounts.empty() : !(*account)->refusal().by_server;
  }
  if (!others) {
    if (const Result<void> gone = identity::DestroyIdentity(options.directory); !gone)
      return ShowError(gone.error(), options.json);
  }
  PrintLine(options.json ? nlohmann::ordered_json{{"ok", true},
                                                  {"server_told", true},
                                                  {"national_told", *national_told},
                                                  {"keys_destroyed", !others}}
                               .dump()
            : others ? "登録を解除しました。この端末はほかのアカウントで使えます / deregistered; the desk goes on "
                       "with its other accounts"
                     : "登録を解除し、この端末の鍵を破棄しました / deregistered, keys destroyed");
  return kExitDone;
}

}  // namespace madoguchi::agent
