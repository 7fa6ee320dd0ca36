// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/admin.h"

#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "admin/cli/client.h"
#include "admin/cli/groups.h"
#include "admin/cli/text.h"

namespace madoguchi::cli {
namespace {

constexpr char kAbout[] =
    "Madoguchi（窓口）の管理: 医療機関、申請、端末機器アカウント、窓口端末、受付担当、利用者\n"
    "Administration of Madoguchi: institutions, applications, device accounts, desks, operators, users";
constexpr char kExits[] =
    "終了コード / exit status: 0 完了 done, 1 断られた refused, 2 使い方 usage, 3 環境 environment\n"
    "詳しくは / more: man madoguchi-admin";

// What CLI11 found, by the name of its error.
struct Misuse {
  std::string_view name, ja;
};
constexpr std::array kMisuses = {
    Misuse{"RequiredError", "必要なものが足りません"},
    Misuse{"ExtrasError", "知らない言葉か、余分な引数があります"},
    Misuse{"ConversionError", "値の形が違います（数字など）"},
    Misuse{"ValidationError", "値が正しくありません"},
    Misuse{"ArgumentMismatch", "値の数が合いません"},
    Misuse{"ExcludesError", "一緒には使えません"},
    Misuse{"FileError", "ファイルを読めません"},
    Misuse{"ConfigError", "設定ファイルの内容が正しくありません"},
};

std::string MisuseText(const CLI::App* app, const CLI::Error& error) {
  std::string ja = "使い方の誤り", en = error.what();
  for (const Misuse& misuse : kMisuses) {
    if (misuse.name == error.get_name()) ja = misuse.ja;
  }
  std::string command = "madoguchi-admin";
  const CLI::App* last = app;
  while (!last->get_subcommands().empty()) {
    last = last->get_subcommands().front();
    command += " " + last->get_name();
  }
  // A command that is misspelt is called missing: name what was typed instead of it.
  const std::vector<std::string> unknown = app->remaining(true);
  if (error.get_name() == "RequiredError" && !unknown.empty() &&
      !last->get_subcommands([](const CLI::App*) { return true; }).empty()) {
    ja = "そのような操作はありません";
    en = "no such command: " + unknown.front();
  }
  return "使い方の誤り / wrong usage: " + ja + " / " + Printable(en) + "\n使い方 / usage: " + command + " --help\n";
}

int ShowFailure(const Failure& failure, const Shell& shell) {
  if (shell.settings.json) {
    std::fputs((FailureJson(failure, shell.words) + "\n").c_str(), stdout);
  } else {
    std::fputs(FailureText(failure, shell.words).c_str(), stderr);
  }
  return ExitStatus(failure);
}

// Passwords pass through this process: it leaves no memory image behind.
void LeaveNoCore() {
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
}

// gRPC's own lines on standard error say less than the error that follows.
void QuietLibrary() {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread exists yet.
  setenv("GRPC_VERBOSITY", "NONE", 0);
}

}  // namespace

int RunAdmin(int argc, char** argv) {
  LeaveNoCore();
  QuietLibrary();
  Shell shell;
  shell.words.assign(argv, argv + argc);
  if (!shell.words.empty()) shell.words.front() = "madoguchi-admin";
  CLI::App app(kAbout, "madoguchi-admin");
  app.option_defaults()->group("オプション / Options");
  app.set_version_flag("--version", MADOGUCHI_VERSION, "版 / version");
  app.set_help_flag("--help,-h", "使い方 / usage");
  app.footer(kExits);
  app.failure_message(MisuseText);
  AddEverything(app, shell);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kExitDone : kExitUsage;
  }
  shell.client = std::make_shared<Client>(shell.settings);
  shell.secrets = std::make_shared<Secrets>(shell.settings.secrets_fd);
  const Done failed = shell.act(shell);
  return failed ? ShowFailure(*failed, shell) : kExitDone;
}

}  // namespace madoguchi::cli
