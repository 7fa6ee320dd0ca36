// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/options.h"

#include <CLI/CLI.hpp>

#include "terminal/agent/error_output.h"
#include "terminal/identity/host_lock.h"
#include "terminal/link/link.h"

namespace madoguchi::agent {
namespace {

void AddServer(CLI::App& command, Options& options) {
  command.add_option("--server", options.server, "サーバー HOST:PORT / server")->required();
  command
      .add_option("--directory", options.directory,
                  "端末の鍵と証明書のフォルダー / folder of this desk's key and certificate")
      ->required();
}

void AddJson(CLI::App& command, Options& options) {
  command.add_flag("--json", options.json, "JSON だけを標準出力に / only JSON on standard output");
  command.add_flag("--verbose", options.verbose, "経過を標準エラー出力に / log on standard error");
}

void AddCheck(CLI::App& check, Options& options, std::string& method, int& wait_seconds, bool for_leak_test) {
  AddServer(check, options);
  AddJson(check, options);
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

}  // namespace

std::optional<int> ParseOptions(int argc, char** argv, bool for_leak_test, Options& options) {
  CLI::App app("Madoguchi 窓口端末 / desk terminal", "madoguchi-terminal");
  app.set_version_flag("--version", link::AgentVersion());
  app.require_subcommand(1);
  std::string method = "pin";
  int wait_seconds = static_cast<int>(options.wait.count());
  options.lock_file = identity::kLockFile;

  CLI::App& readers = *app.add_subcommand("readers", "カードリーダーの一覧 / list the readers");
  AddJson(readers, options);
  CLI::App& watch =
      *app.add_subcommand("watch", "リーダーとカードの出入りを表示 / show readers and cards coming and going");
  AddJson(watch, options);
  CLI::App& enrol = *app.add_subcommand("enrol", "この端末を登録 / enrol this desk");
  AddServer(enrol, options);
  AddJson(enrol, options);
  enrol.add_option("--root", options.root_file, "施設の認証局証明書 facility-ca.pem / the facility's root")->required();
  enrol
      .add_option("--token-fd", options.token_fd,
                  "登録トークンを読むファイル記述子 / descriptor to read the token from")
      ->required();
  CLI::App& check = *app.add_subcommand("check", "資格確認 / one eligibility check");
  AddCheck(check, options, method, wait_seconds, for_leak_test);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitUsage;
  }
  options.by_sight = method == "sight";
  options.wait = std::chrono::seconds(wait_seconds);
  if (watch.parsed()) options.command = Command::kWatch;
  if (enrol.parsed()) options.command = Command::kEnrol;
  if (check.parsed()) options.command = Command::kCheck;
  return std::nullopt;
}

}  // namespace madoguchi::agent
