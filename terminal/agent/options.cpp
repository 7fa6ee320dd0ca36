// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/options.h"

#include <CLI/CLI.hpp>

#include "terminal/agent/error_output.h"
#include "terminal/identity/host_lock.h"
#include "terminal/link/link.h"

namespace madoguchi::agent {
namespace {

void AddOutput(CLI::App& command, Options& options) {
  command.add_flag("--json", options.json, "JSON だけを標準出力に / only JSON on standard output");
  command.add_flag("--verbose", options.verbose, "経過を標準エラー出力に / log on standard error");
}

CLI::Option* AddDirectory(CLI::App& command, Options& options) {
  return command.add_option("--directory", options.directory,
                            "端末の鍵と証明書のフォルダー / folder of this desk's key and certificate");
}

void AddSecrets(CLI::App& command, Options& options) {
  command.add_option("--secrets-fd", options.secrets_fd,
                     "秘密を「名前=値」の行で読むファイル記述子 / descriptor with lines name=value; without it, typed");
}

void AddInstitution(CLI::App& command, Options& options) {
  command.add_option("--institution", options.institution_code, "機関コード(10桁) / institution code");
}

// What every command of an activated desk has.
CLI::App& AddDeskCommand(CLI::App& parent, Options& options, const char* name, const char* help) {
  CLI::App& command = *parent.add_subcommand(name, help);
  command.add_option("--server", options.server,
                     "サーバー HOST:PORT(なければ初期登録のもの) / server; else the one of the activation");
  AddDirectory(command, options)->required();
  AddOutput(command, options);
  return command;
}

void AddCheck(CLI::App& check, Options& options, std::string& method, int& wait_seconds, bool for_leak_test) {
  AddSecrets(check, options);
  AddInstitution(check, options);
  check.add_option("--method", method, "本人確認: 暗証番号 pin, 目視 sight / proof of the holder")
      ->check(CLI::IsMember({"pin", "sight"}));
  check.add_option("--pin-fd", options.pin_fd,
                   "暗証番号を読むファイル記述子 / descriptor to read the PIN from; without it, typed");
  check.add_option("--reader", options.reader, "使うリーダーの名前(前方一致) / reader name or its beginning");
  check.add_flag("--confirm-last-try", options.confirm_last_try, "残り1回でも照合する / use the last try of the PIN");
  check.add_option("--wait", wait_seconds, "カードを待つ秒数 / seconds to wait for a card")
      ->check(CLI::Range(0, kWaitSecondsMax));
  check.add_option("--repeat", options.repeat, "同じカードでの照会回数 / presses on the same card")
      ->check(CLI::Range(1, kRepeatMax));
  check.add_option("--lock-file", options.lock_file, "二重起動を防ぐファイル / file that prevents a second agent");
  if (!for_leak_test) return;
  check.add_flag("--bypass-pin-slot", options.bypass_pin_slot, "leaks the PIN on purpose, for the search test");
  check.add_flag("--stay", options.stay, "stays after the answer until standard input ends");
}

void AddActivate(CLI::App& activate, Options& options) {
  AddDirectory(activate, options)->required();
  AddOutput(activate, options);
  AddSecrets(activate, options);
  AddInstitution(activate, options);
  CLI::Option* link = activate.add_option(
      "--link-fd", options.link_fd, "登録リンクを読むファイル記述子 / descriptor to read the enrolment link from");
  CLI::Option* qr = activate.add_option("--qr", options.qr_file,
                                        "登録QRシート(PDF・PNG・JPEG)かリンクのファイル / QR enrolment sheet or link");
  CLI::Option* sheet =
      activate.add_option("--sheet", options.sheet_file, "設定情報(PDF・CSV) / settings sheet of the account");
  CLI::Option* server = activate.add_option("--server", options.server, "登録サーバー HOST:PORT / enrolment listener");
  CLI::Option* root =
      activate.add_option("--root", options.root_file, "施設の認証局証明書 facility-ca.pem / the facility's root");
  CLI::Option* code = activate.add_option("--connection-code", options.connection_code,
                                          "接続コード(サーバーと指紋) / connection code, in place of --server, --root");
  activate.add_option("--id", options.account_id, "ID(例 W0000001) / ID");
  CLI::Option* name = activate.add_option("--name", options.desk_name, "この端末の名前 / name of this desk");
  activate
      .add_flag(
          "--add-account", options.add_account,
          "登録済みのこの端末に、別の機関コードのアカウントを足す / add an account of another institution code to "
          "this active desk")
      ->excludes(server, root, code, name);
  link->excludes(qr, sheet, server, root, code);
  qr->excludes(sheet, server, root, code);
  server->needs(root);
  root->needs(server)->excludes(code);
}

void AddAccountCommands(CLI::App& app, Options& options) {
  const auto add = [&](const char* name, Command command, const char* help) -> CLI::App& {
    CLI::App& one = AddDeskCommand(app, options, name, help);
    one.callback([&options, command] { options.command = command; });
    return one;
  };
  add("status", Command::kStatus, "アカウントと端末の状態 / state of the account and desk");
  CLI::App& log_in = add("log-in", Command::kLogIn, "ログイン / log in with ID and password");
  AddSecrets(log_in, options);
  AddInstitution(log_in, options);
  log_in.add_option("--id", options.account_id, "ID(例 W0000001) / ID");
  AddInstitution(add("log-out", Command::kLogOut, "ログアウト / log out"), options);
  CLI::App& change = add("change-password", Command::kChangePassword, "パスワードの変更 / change the password");
  AddSecrets(change, options);
  AddInstitution(change, options);
  CLI::App& deregister = add("deregister", Command::kDeregister, "デバイス登録解除 / deregister this desk");
  AddSecrets(deregister, options);
  AddInstitution(deregister, options);
  deregister.add_flag("--yes", options.yes, "確認しない / do not ask");
  deregister.add_flag("--local-only", options.local_only,
                      "サーバーに届かないとき、この端末の鍵だけを破棄 / only destroy the keys here");
  CLI::App& renew = add("renew", Command::kRenew, "証明書の更新 / renew the certificate");
  renew.add_flag("--late", options.late, "期限切れの後(管理者の承認が要ります) / after it ran out, with approval");
}

void AddPasscodeAndOperator(CLI::App& app, Options& options) {
  const auto add = [&](CLI::App& parent, const char* name, Command command, const char* help) -> CLI::App& {
    CLI::App& one = AddDeskCommand(parent, options, name, help);
    one.callback([&options, command] { options.command = command; });
    return one;
  };
  CLI::App& passcode = *app.add_subcommand("passcode", "この端末のパスコード(4桁) / passcode of this desk");
  passcode.require_subcommand(1);
  CLI::App& set = add(passcode, "set", Command::kSetPasscode, "設定(忘れたときも) / set it, also when forgotten");
  AddSecrets(set, options);
  AddInstitution(set, options);
  set.add_option("--id", options.account_id, "ID(例 W0000001) / ID");
  AddSecrets(add(passcode, "change", Command::kChangePasscode, "変更 / change it"), options);
  CLI::App& desk_operator = *app.add_subcommand("operator", "受付担当 / operator at this desk");
  desk_operator.require_subcommand(1);
  for (const auto& [name, command, help] :
       {std::tuple{"sign-in", Command::kSignInOperator, "サインイン / sign in"},
        std::tuple{"change-pin", Command::kChangeOperatorPin, "暗証番号の変更 / change the PIN"}}) {
    CLI::App& one = add(desk_operator, name, command, help);
    AddSecrets(one, options);
    one.add_option("--staff", options.staff_code, "職員コード / staff code")->required();
  }
  add(desk_operator, "sign-out", Command::kSignOutOperator, "サインアウト / sign out");
}

}  // namespace

std::optional<int> ParseOptions(int argc, char** argv, bool for_leak_test, Options& options) {
  CLI::App app("Madoguchi 窓口端末 / desk terminal", "madoguchi-terminal");
  app.set_version_flag("--version", link::AgentVersion());
  app.require_subcommand(1);
  std::string method = "pin";
  int wait_seconds = static_cast<int>(options.wait.count());
  options.lock_file = identity::kLockFile;

  AddOutput(*app.add_subcommand("readers", "カードリーダーの一覧 / list the readers"), options);
  CLI::App& watch =
      *app.add_subcommand("watch", "リーダーとカードの出入りを表示 / show readers and cards coming and going");
  watch.callback([&options] { options.command = Command::kWatch; });
  AddOutput(watch, options);
  AddDirectory(watch, options);
  AddSecrets(watch, options);
  CLI::App& activate = *app.add_subcommand("activate", "初期登録 / activate this desk");
  activate.callback([&options] { options.command = Command::kActivate; });
  AddActivate(activate, options);
  CLI::App& check = AddDeskCommand(app, options, "check", "資格確認 / one eligibility check");
  check.callback([&options] { options.command = Command::kCheck; });
  AddCheck(check, options, method, wait_seconds, for_leak_test);
  AddAccountCommands(app, options);
  AddPasscodeAndOperator(app, options);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitUsage;
  }
  options.by_sight = method == "sight";
  options.wait = std::chrono::seconds(wait_seconds);
  return std::nullopt;
}

}  // namespace madoguchi::agent
