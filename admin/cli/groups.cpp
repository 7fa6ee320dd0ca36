// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/groups.h"

#include "admin/cli/completion.h"
#include "admin/cli/manual.h"

namespace madoguchi::cli {
namespace {

void AddSettings(CLI::App& app, Settings& settings) {
  app.set_config("--config", DefaultConfigFile(), "設定ファイル / configuration file")->type_name("FILE");
  app.add_option("--server", settings.server, "サーバー / server")
      ->type_name("HOST:PORT")
      ->envname("MADOGUCHI_ADMIN_SERVER");
  app.add_option("--console", settings.console_directory,
                 "console.pem、console.key、facility-ca.pem のフォルダー / folder of the console's certificate")
      ->type_name("DIRECTORY")
      ->envname("MADOGUCHI_ADMIN_CONSOLE");
  settings.session_file = DefaultSessionFile();
  app.add_option("--session", settings.session_file,
                 "ログインを記録するファイル（0600） / file that keeps the log-in (0600)")
      ->type_name("FILE")
      ->envname("MADOGUCHI_ADMIN_SESSION");
  AddText(app, "--institution", &settings.institution,
          "医療機関コード 10 桁（1 つだけなら省ける） / institution code; may be left out when there is one")
      .envname("MADOGUCHI_ADMIN_INSTITUTION");
  CLI::Option* json = app.add_flag("--json", settings.json, "JSON だけを標準出力に / only JSON on standard output");
  app.add_flag("--csv", settings.csv, "CSV（UTF-8、Excel 用の BOM 付き）を標準出力に / CSV on standard output")
      ->excludes(json);
  app.add_flag("--yes", settings.yes, "確認の質問をしない / ask no questions");
  app.add_option(
         "--secrets-fd", settings.secrets_fd,
         "password=… などの行を読むファイル記述子。引数に秘密は書けない / descriptor with lines like password=…; no "
         "secret is ever an argument")
      ->type_name("N")
      ->check(CLI::Range(0, 1023));
}

}  // namespace

void AddEverything(CLI::App& app, Shell& shell) {
  app.get_formatter()->label("Usage", "使い方 / Usage");
  app.get_formatter()->label("Positionals", "引数 / Arguments");
  app.get_formatter()->label("REQUIRED", "（必須 / required）");
  app.fallthrough();
  app.require_subcommand(1);
  AddSettings(app, shell.settings);
  AddSessionCommands(app, shell);
  AddCredentialCommands(app, shell);
  AddFacilityCommands(app, shell);
  AddApplicationCommands(app, shell);
  AddAccountCommands(app, shell);
  AddDeskCommands(app, shell);
  AddMethodCommands(app, shell);
  AddCallCommands(app, shell);
  AddHandoffCommands(app, shell);
  AddStaffCommands(app, shell);
  AddUserCommands(app, shell);
  AddApprovalCommands(app, shell);
  AddAuditCommands(app, shell);
  CLI::App& completion = AddGroup(app, "completion", "シェルの補完 / shell completion");
  AddCommand(completion, shell, "bash", "bash の補完を出力する / print the completion of bash", [&app](Shell&) -> Done {
    std::fputs(BashCompletion(app).c_str(), stdout);
    return {};
  });
  AddCommand(app, shell, "man", "マニュアル（man ページの元）を出力する / print the manual's source",
             [&app](Shell&) -> Done {
               std::fputs(Manual(app).c_str(), stdout);
               return {};
             });
}

}  // namespace madoguchi::cli
