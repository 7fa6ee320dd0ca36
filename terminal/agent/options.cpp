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

// What a check is told in words.
struct Words {
  std::string method = "pin", presenter, attest;
};

template <class Value>
Value MeaningOf(const std::string& word, std::initializer_list<std::pair<const char*, Value>> words, Value otherwise) {
  for (const auto& [known, value] : words) {
    if (word == known) return value;
  }
  return otherwise;
}

void ReadWords(const Words& words, Options& options) {
  using link::Method, link::PhotoCheck, link::Presenter;
  options.method = MeaningOf(words.method, {{"sight", Method::kSight}, {"number", Method::kNumber}}, Method::kPin);
  options.attestation.presenter = MeaningOf(
      words.presenter,
      {{"holder", Presenter::kHolder}, {"guardian", Presenter::kGuardian}, {"assisted", Presenter::kAssisted}},
      Presenter::kNotSaid);
  options.attestation.photo = MeaningOf(
      words.attest,
      {{"compared", PhotoCheck::kCompared}, {"no-photo", PhotoCheck::kNoPhoto}, {"another", PhotoCheck::kAnother}},
      PhotoCheck::kNotLooked);
}

void AddProof(CLI::App& check, Options& options, Words& words) {
  check
      .add_option(
          "--method", words.method,
          "本人確認: 暗証番号 pin, 目視 sight; カードなしの番号照会 number / proof of the holder, or by numbers "
          "without a card")
      ->check(CLI::IsMember({"pin", "sight", "number"}));
  check
      .add_option("--presenter", words.presenter,
                  "操作した人: 本人 holder, 保護者 guardian, 介助 assisted(目視では必須) / who acts; needed for sight")
      ->check(CLI::IsMember({"holder", "guardian", "assisted"}));
  check
      .add_option("--attest", words.attest,
                  "写真と顔: 同じ compared, 写真なし no-photo, 違う another(目視では必須) / photo and face; needed for "
                  "sight")
      ->check(CLI::IsMember({"compared", "no-photo", "another"}));
  check.add_option(
      "--patient-number-fd", options.patient_number_fd,
      "診察券番号を読むファイル記述子(1回の照会に1行) / descriptor with the patient number, a line per press");
  check.add_flag("--ask-patient", options.ask_patient,
                 "診察券番号と予定の生年月日を入力する / type patient number and expected birth date");
  check.footer(
      "目視(sight): 実際のマイナンバーカードで、暗証番号なしに本人確認を行う方式は公開されていません。この製品の方式は"
      "模擬カードと模擬サービスの間でだけ動きます。実際のカードでは断られます。暗証番号の残り回数は減らず、暗証番号で確"
      "認できます。\n"
      "Sight: how a real My Number Card does this without PIN is not public. The scheme of this product works between "
      "the simulated card and the simulated service only; with a real card it is refused, no PIN try is used, and the "
      "PIN "
      "can be used.\n\n"
      "番号照会(number): "
      "資格確認限定型には含まれません。契約で使えるときだけ管理者が有効にします。番号は画面で入力するか、"
      "--secrets-fd に insurer-number, symbol, number, branch, birthdate, limit-consent (yes/no), reason "
      "(card-not-brought, card-not-readable, before-the-visit, after-an-outage) の行で渡します。\n"
      "By numbers: not part of the limited type; the administrator switches it on where the contract allows it. The "
      "numbers are typed, or come as these lines on --secrets-fd; so may patient-number and expected-birthdate "
      "(yyyyMMdd).");
}

void AddCheck(CLI::App& check, Options& options, Words& words, int& wait_seconds, bool for_leak_test) {
  AddSecrets(check, options);
  AddInstitution(check, options);
  AddProof(check, options, words);
  check.add_option("--pin-fd", options.pin_fd,
                   "暗証番号を読むファイル記述子 / descriptor to read the PIN from; without it, typed");
  check.add_option("--reader", options.reader, "使うリーダーの名前(前方一致) / reader name or its beginning");
  check.add_flag("--confirm-last-try", options.confirm_last_try, "残り1回でも照合する / use the last try of the PIN");
  check.add_option("--wait", wait_seconds, "カードを待つ秒数 / seconds to wait for a card")
      ->check(CLI::Range(0, kWaitSecondsMax));
  CLI::Option* repeat =
      check.add_option("--repeat", options.repeat, "同じカードでの照会回数 / presses on the same card")
          ->check(CLI::Range(1, kRepeatMax));
  check
      .add_flag("--family", options.family,
                "結果のあと、キー1つで次のご家族へ(n または Enter、q で終わり) / one key begins the next family member")
      ->excludes(repeat);
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

void AddResultCommands(CLI::App& app, Options& options) {
  const auto add = [&](CLI::App& parent, const char* name, Command command, const char* help) -> CLI::App& {
    CLI::App& one = AddDeskCommand(parent, options, name, help);
    AddSecrets(one, options);
    one.callback([&options, command] { options.command = command; });
    return one;
  };
  const auto add_press = [&](CLI::App& one) {
    one.add_option("--press", options.press_id, "照会操作のID(結果に表示) / id of the press, shown with the result")
        ->required();
  };
  add(app, "show-again", Command::kShowAgain,
      "閉じた結果をもう一度表示(許された時間だけ) / show a closed result again, for as long as the rules allow");
  CLI::App& confirm =
      add(app, "confirm", Command::kConfirm,
          "生年月日が予定と違った結果の確認 / confirm a result whose birth date was not the expected one");
  add_press(confirm);
  CLI::Option_group& who = *confirm.add_option_group("who", "どちらか一つ / one of these");
  who.add_flag("--same-person", options.same_person, "同じ人: レセコンに渡す / the same person: hand it on");
  who.add_flag("--another", options.another, "別の人: 渡さずに破棄 / another person: destroy it");
  who.require_option(1);
  CLI::App& name = *app.add_subcommand("name", "請求に使う氏名の読み替え(2人で確認) / names for claims, by two people");
  name.require_subcommand(1);
  CLI::App& propose = add(name, "propose", Command::kProposeName, "読み替えを提案 / propose a name");
  CLI::App& agree = add(name, "confirm", Command::kConfirmName, "別の担当者が確認 / confirm, by another operator");
  for (CLI::App* one : {&propose, &agree}) {
    add_press(*one);
    one->add_option("--result", options.result, "何番目の資格情報か / which of the results, from 1")
        ->check(CLI::Range(1, kResultsMax));
  }
  propose.add_flag("--remove", options.remove, "登録済みの読み替えをやめる / forget the mapping there is");
}

}  // namespace

std::optional<int> ParseOptions(int argc, char** argv, bool for_leak_test, Options& options) {
  CLI::App app("Madoguchi 窓口端末 / desk terminal", "madoguchi-terminal");
  app.set_version_flag("--version", link::AgentVersion());
  app.require_subcommand(1);
  Words words;
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
  AddCheck(check, options, words, wait_seconds, for_leak_test);
  AddAccountCommands(app, options);
  AddPasscodeAndOperator(app, options);
  AddResultCommands(app, options);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitUsage;
  }
  ReadWords(words, options);
  options.wait = std::chrono::seconds(wait_seconds);
  return std::nullopt;
}

}  // namespace madoguchi::agent
