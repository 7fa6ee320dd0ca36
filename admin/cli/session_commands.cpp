// SPDX-License-Identifier: Apache-2.0
// login, logout, whoami.
#include "admin/cli/client.h"
#include "admin/cli/groups.h"
#include "admin/cli/session_file.h"
#include "madoguchi/v1/session_service.grpc.pb.h"

namespace madoguchi::cli {
namespace {

using Stub = v1::SessionService::Stub;

Done LogIn(Shell& shell, v1::ConsoleLogInRequest& request) {
  if (request.user_id().empty())
    return Usage("--user MAIL でログインする利用者を指定してください", "name the user with --user MAIL");
  if (Done failed = shell.client->Open()) return failed;  // before anybody types
  if (Done failed = shell.secrets->Get(secret_name::kPassword, "パスワード / password: ", Typing::kSilent,
                                       *request.mutable_password())) {
    return failed;
  }
  if (Done failed = shell.secrets->GetOptional(
          secret_name::kCode,
          "確認コード 6 桁または回復コード（未設定なら空） / TOTP or recovery code: ", *request.mutable_code())) {
    return failed;
  }
  ForgetSession(shell.settings.session_file);
  v1::ConsoleLogInResponse answer;
  Done failed = shell.client->Call(&Stub::LogIn, request, answer);
  WipeText(request.mutable_password());
  WipeText(request.mutable_code());
  if (failed) return failed;
  const Result<void> kept =
      KeepSession(shell.settings.session_file, {shell.settings.server, request.user_id(), answer.token()});
  WipeText(answer.mutable_token());
  if (!kept) return Because(kept.error());
  Shown shown = ShownOne("session", answer,
                         {{"idle_ends_at", "操作なしで終わる時刻 / idle end"}, {"ends_at", "終わる時刻 / end"}});
  shown.notes.push_back("ログインしました / logged in: " + request.user_id());
  if (answer.password_must_change())
    shown.notes.emplace_back(
        "次に、パスワードを決めてください / next, choose a password: madoguchi-admin password change");
  if (answer.totp_must_be_set_up())
    shown.notes.emplace_back("次に、確認コードを設定してください / next, set up TOTP: madoguchi-admin totp setup");
  if (!answer.totp_must_be_set_up())
    shown.notes.push_back("残りの回復コード / recovery codes left: " + std::to_string(answer.recovery_codes_left()));
  Show(shell.settings, shown);
  return {};
}

Done LogOut(Shell& shell) {
  v1::ConsoleLogOutResponse answer;
  const Done failed = shell.client->Call(&Stub::LogOut, {}, answer);
  // An ended session needs no token any more; one that may still live keeps it, so that it can be ended.
  if (failed && failed->error.code != ErrorCode::kSessionInvalid) return failed;
  ForgetSession(shell.settings.session_file);
  Show(shell.settings, ShownNote("ログアウトしました / logged out"));
  return {};
}

Done WhoAmI(Shell& shell) {
  v1::WhoAmIResponse answer;
  if (Done failed = shell.client->Call(&Stub::WhoAmI, {}, answer)) return failed;
  Show(shell.settings, ShownOne("user", answer,
                                {{"user_id", "利用者 / user"},
                                 {"role", "役割 / role"},
                                 {"institution_codes", "医療機関コード / institutions"},
                                 {"ends_at", "終わる時刻 / end"}}));
  return {};
}

}  // namespace

void AddSessionCommands(CLI::App& app, Shell& shell) {
  const auto request = std::make_shared<v1::ConsoleLogInRequest>();
  CLI::App& log_in =
      AddCommand(app, shell, "login", "ログインする（パスワードと確認コード） / log in (password and TOTP)",
                 [request](Shell& run) { return LogIn(run, *request); });
  AddText(log_in, "--user", request->mutable_user_id(), "利用者のメールアドレス / the user's mail address")
      .envname("MADOGUCHI_ADMIN_USER");
  AddCommand(app, shell, "logout", "ログアウトし、この端末の記録を消す / log out and remove the session file", LogOut);
  AddCommand(app, shell, "whoami", "自分の役割と有効時間を表示する / show my role and how long the session lasts",
             WhoAmI);
}

}  // namespace madoguchi::cli
