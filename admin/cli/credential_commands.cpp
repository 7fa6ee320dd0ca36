// SPDX-License-Identifier: Apache-2.0
// password, totp: one's own credentials.
#include "admin/cli/client.h"
#include "admin/cli/groups.h"
#include "admin/cli/out_files.h"
#include "madoguchi/v1/session_service.grpc.pb.h"

namespace madoguchi::cli {
namespace {

using Stub = v1::SessionService::Stub;

constexpr char kOldPrompt[] = "現在のパスワード / current password: ";
constexpr char kNewPrompt[] = "新しいパスワード / new password: ";
constexpr char kOutHelp[] = "秘密の結果を書く新しいファイル（0600） / new file for the secret result (0600)";

Done ChangePassword(Shell& shell) {
  v1::ConsoleChangePasswordRequest request;
  v1::ConsoleChangePasswordResponse answer;
  if (Done failed =
          shell.secrets->Get(secret_name::kPassword, kOldPrompt, Typing::kSilent, *request.mutable_old_password()))
    return failed;
  if (Done failed =
          shell.secrets->Get(secret_name::kNewPassword, kNewPrompt, Typing::kTwice, *request.mutable_new_password()))
    return failed;
  Done failed = shell.client->Call(&Stub::ChangePassword, request, answer);
  WipeText(request.mutable_old_password());
  WipeText(request.mutable_new_password());
  if (!failed) Show(shell.settings, ShownNote("パスワードを変えました / the password was changed"));
  return failed;
}

Done AskReset(Shell& shell, const v1::AskPasswordResetRequest& request) {
  v1::AskPasswordResetResponse answer;
  if (Done failed = shell.client->Call(&Stub::AskPasswordReset, request, answer)) return failed;
  Show(shell.settings, ShownNote("登録のある利用者であれば、再設定コードをメールで送りました（30 分間、1 回）\n"
                                 "If this user exists, a reset code went out by mail (30 minutes, one use)\n"
                                 "次に / next: madoguchi-admin password reset " +
                                 request.user_id()));
  return {};
}

Done ResetPassword(Shell& shell, v1::ResetPasswordRequest& request) {
  if (Done failed = shell.secrets->Get(secret_name::kResetCode, "メールの再設定コード / reset code: ", Typing::kSilent,
                                       *request.mutable_reset_code())) {
    return failed;
  }
  if (Done failed =
          shell.secrets->Get(secret_name::kNewPassword, kNewPrompt, Typing::kTwice, *request.mutable_new_password()))
    return failed;
  v1::ResetPasswordResponse answer;
  Done failed = shell.client->Call(&Stub::ResetPassword, request, answer);
  WipeText(request.mutable_reset_code());
  WipeText(request.mutable_new_password());
  if (!failed) Show(shell.settings, ShownNote("パスワードを再設定しました / the password was reset"));
  return failed;
}

Done BeginTotp(Shell& shell, SecretLines& lines) {
  v1::BeginTotpRequest request;
  v1::BeginTotpResponse answer;
  if (Done failed =
          shell.secrets->Get(secret_name::kPassword, kOldPrompt, Typing::kSilent, *request.mutable_password()))
    return failed;
  Done failed = shell.client->Call(&Stub::BeginTotp, request, answer);
  WipeText(request.mutable_password());
  if (!failed) failed = lines.Keep({{"totp_uri", answer.uri()}});
  WipeText(answer.mutable_uri());
  return failed;
}

Done ConfirmTotp(Shell& shell, SecretLines& lines) {
  v1::ConfirmTotpRequest request;
  v1::ConfirmTotpResponse answer;
  if (Done failed = shell.secrets->Get(secret_name::kCode, "認証アプリの 6 桁 / six digits of the app: ",
                                       Typing::kSilent, *request.mutable_code())) {
    return failed;
  }
  Done failed = shell.client->Call(&Stub::ConfirmTotp, request, answer);
  WipeText(request.mutable_code());
  if (failed) return failed;
  std::vector<std::pair<std::string, std::string_view>> codes;
  for (const std::string& code : answer.recovery_codes()) codes.emplace_back("recovery_code", code);
  failed = lines.Keep(codes);
  for (std::string& code : *answer.mutable_recovery_codes()) WipeText(code);
  return failed;
}

Done BeginOnly(Shell& shell, const std::string& out) {
  SecretLines lines;
  if (Done failed = lines.Open(shell.settings, out)) return failed;
  if (Done failed = BeginTotp(shell, lines)) return failed;
  Show(shell.settings, ShownNote("認証アプリに登録したら / when the app has it: madoguchi-admin totp confirm"));
  return {};
}

Done ConfirmOnly(Shell& shell, const std::string& out) {
  SecretLines lines;
  if (Done failed = lines.Open(shell.settings, out)) return failed;
  if (Done failed = ConfirmTotp(shell, lines)) return failed;
  Show(shell.settings, ShownNote("確認コードを設定しました。回復コードは一度しか表示されません\n"
                                 "TOTP is set up. The recovery codes are shown only once"));
  return {};
}

Done SetUpTotp(Shell& shell, const std::string& out) {
  if (shell.settings.secrets_fd >= 0) {
    return Usage("totp setup は対話用です。totp begin と totp confirm を使ってください",
                 "totp setup is for people at a terminal: use totp begin and totp confirm");
  }
  SecretLines uri, codes;
  if (Done failed = uri.Open(shell.settings, out.empty() ? out : out + ".uri")) return failed;
  if (Done failed = codes.Open(shell.settings, out)) return failed;
  if (Done failed = BeginTotp(shell, uri)) return failed;
  Progress(
      "認証アプリに登録し、表示された 6 桁を入力してください\nAdd it to the app, then type the six digits it shows");
  if (Done failed = ConfirmTotp(shell, codes)) return failed;
  Show(shell.settings, ShownNote("確認コードを設定しました。回復コードは一度しか表示されません\n"
                                 "TOTP is set up. The recovery codes are shown only once"));
  return {};
}

}  // namespace

void AddCredentialCommands(CLI::App& app, Shell& shell) {
  CLI::App& password = AddGroup(app, "password", "自分のパスワード / one's own password");
  AddCommand(password, shell, "change", "変える（現在と新しいもの） / change it (current and new)", ChangePassword);
  const auto asked = std::make_shared<v1::AskPasswordResetRequest>();
  CLI::App& forgot = AddCommand(password, shell, "forgot", "再設定コードをメールで受け取る / get a reset code by mail",
                                [asked](Shell& run) { return AskReset(run, *asked); });
  AddText(forgot, "USER", asked->mutable_user_id(), "利用者のメールアドレス / the user's mail address").required();
  const auto reset = std::make_shared<v1::ResetPasswordRequest>();
  CLI::App& again =
      AddCommand(password, shell, "reset", "メールのコードで再設定する / reset it with the code of the mail",
                 [reset](Shell& run) { return ResetPassword(run, *reset); });
  AddText(again, "USER", reset->mutable_user_id(), "利用者のメールアドレス / the user's mail address").required();

  CLI::App& totp = AddGroup(app, "totp", "自分の確認コード（TOTP） / one's own TOTP");
  const auto add = [&](const char* name, const char* description, Done (*act)(Shell&, const std::string&)) {
    const auto out = std::make_shared<std::string>();
    AddText(AddCommand(totp, shell, name, description, [out, act](Shell& run) { return act(run, *out); }), "--out",
            out.get(), kOutHelp);
  };
  add("setup", "対話で設定し、回復コードを受け取る / set it up at the terminal, with recovery codes", SetUpTotp);
  add("begin", "設定を始め、otpauth の URI を受け取る / begin: get the otpauth URI", BeginOnly);
  add("confirm", "6 桁で確かめ、回復コードを受け取る / confirm with six digits: get recovery codes", ConfirmOnly);
}

}  // namespace madoguchi::cli
