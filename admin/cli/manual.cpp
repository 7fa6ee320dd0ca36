// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/manual.h"

#include <array>
#include <string_view>

namespace madoguchi::cli {
namespace {

constexpr std::string_view kHead = R"(.\" Printed by: madoguchi-admin man
.TH MADOGUCHI-ADMIN 1 "" "Madoguchi" "Madoguchi"
.nh
.ad l
.SH 名前 / NAME
madoguchi-admin \- 窓口サーバーの管理 / administration of the Madoguchi server
.SH 書式 / SYNOPSIS
.B madoguchi-admin
.RI [ options ]
.I command
.RI [ arguments ]
.SH 説明 / DESCRIPTION
医療機関の登録、申請、端末機器アカウント、窓口端末、受付担当、利用者を管理します。
サーバーの管理用ポートに、コンソール証明書（madoguchi-server add-console が作るフォルダー）で接続し、
.B madoguchi-admin login
でログインしたあと、役割の許す操作を行います。
.PP
Administers institutions, applications, device accounts, desks, operators and users. Connects to the server's console
port with a console certificate (a folder made by madoguchi-server add-console); after
.B madoguchi-admin login
everything the user's role allows can be done.
)";

constexpr std::string_view kTail = R"(.SH 秘密 / SECRETS
パスワード、コード、受付担当の氏名は引数に書けません。端末で入力する（表示されません）か、
.B \-\-secrets\-fd
で渡した記述子から 名前=値 の行として読みます。名前は password、new_password、code、reset_code、break_glass、bank_account、name です。
.PP
Passwords, codes and names of operators are never arguments. They are typed without echo, or read as lines name=value from
the descriptor of
.BR \-\-secrets\-fd .
The names are password, new_password, code, reset_code, break_glass, bank_account, name.
.PP
サーバーが答える秘密（最初の PIN、回復コード、TOTP の URI、緊急解除コード、登録リンク、設定シート）は
.B \-\-out
の場所にだけ、新しいファイル（0600）として書きます。
.B \-\-out
がなければ、標準出力が端末で、\-\-json も \-\-csv もないときだけ表示します。JSON と CSV に秘密は入りません。
.PP
Secrets the server answers (a first PIN, recovery codes, a TOTP URI, break-glass codes, enrolment links, settings sheets)
are written only to the place
.B \-\-out
names, as new files of mode 0600. Without
.B \-\-out
a few lines are shown when standard output is a terminal and neither \-\-json nor \-\-csv is given. JSON and CSV never
hold a secret.
.SH 2 名で行う操作 / ACTS OF TWO PEOPLE
.BR "facility move" ", " "account unlock" ", " "user create" ", " "user role" ", " "user reset" ", " "user enable" " と " "break\-glass make"
は、もう 1 名の管理者の承認が必要です。最初の実行は承認番号を示して終わり（終了コード 1）、承認のあと
.B \-\-approval
を付けて同じ操作を行います。
.PP
These acts need a second administrator. The first run ends with the number of an approval (exit status 1); once it is
approved, the same command with
.B \-\-approval
does it. Both commands are printed.
.SH 終了コード / EXIT STATUS
.TP
.B 0
完了 / done
.TP
.B 1
断られた。何をすればよいかを表示します / refused; what to do is printed
.TP
.B 2
使い方の誤り、または取り消し / wrong usage, or cancelled
.TP
.B 3
このコンピューター、ファイル、サーバーへの接続の問題 / this machine, its files or the way to the server
.SH ファイル / FILES
.TP
.I ~/.config/madoguchi/admin.conf
設定。1 行に 1 つ、例 server=madoguchi.clinic.example:8445 / settings, one a line; \-\-config names another file
.TP
.I ~/.local/state/madoguchi/session
ログインの記録（0600） / the log-in; removed by logout
.SH 環境変数 / ENVIRONMENT
MADOGUCHI_ADMIN_SERVER, MADOGUCHI_ADMIN_CONSOLE, MADOGUCHI_ADMIN_SESSION, MADOGUCHI_ADMIN_INSTITUTION,
MADOGUCHI_ADMIN_USER, XDG_CONFIG_HOME, XDG_STATE_HOME
.SH 例 / EXAMPLES
.nf
madoguchi\-admin login \-\-user admin@clinic.example
madoguchi\-admin account import ~/sheets/
madoguchi\-admin desk prepare \-\-count 20 \-\-out ~/links \-\-watch
madoguchi\-admin account list \-\-csv > accounts.csv
.fi
)";

// A text as man(7) source: nothing in it is taken for a request.
std::string Escaped(std::string_view text) {
  std::string out;
  bool line_start = true;
  for (const char character : text) {
    if (line_start && (character == '.' || character == '\'')) out += "\\&";
    line_start = character == '\n';
    if (character == '\\') {
      out += "\\e";
    } else if (character == '-') {
      out += "\\-";
    } else {
      out += character;
    }
  }
  return out;
}

// "N:INT in [0 - 1023]" is "N" to a reader; "HOST:PORT" stays.
std::string TypeName(const CLI::Option& option) {
  const std::string type = option.get_type_name();
  return type.substr(0, type.find(":INT") == std::string::npos ? type.find(":UINT") : type.find(":INT"));
}

// groff breaks lines at blanks only, and Japanese has none: behind these a line may end.
std::string WithBreaks(const std::string& text) {
  constexpr std::array<std::string_view, 3> kBreakBehind = {"、", "。", "）"};
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t length = 1;
    bool breaks = false;
    for (const std::string_view mark : kBreakBehind) {
      if (text.compare(at, mark.size(), mark) != 0) continue;
      length = mark.size();
      breaks = true;
    }
    out.append(text, at, length);
    at += length;
    if (breaks && at < text.size() && text[at] != '\n' && text[at] != ' ') out += "\\:";
  }
  return out;
}

void AddOption(const CLI::Option& option, std::string& text) {
  const std::string name = option.get_positional() ? option.get_name(true) : "--" + option.get_lnames().front();
  text += ".TP\n.B " + Escaped(name);
  const bool takes_value = !option.get_positional() && option.get_items_expected_max() > 0;
  if (takes_value) text += " \\fI" + Escaped(TypeName(option)) + "\\fP";
  if (option.get_positional() && option.get_type_name().find('|') != std::string::npos)
    text += " \\fR" + Escaped(TypeName(option)) + "\\fP";
  text += "\n" + Escaped(option.get_description());
  if (option.get_required() && !option.get_positional()) text += "（必須 / required）";
  if (!option.get_envname().empty()) text += " [" + option.get_envname() + "]";
  text += "\n";
}

void AddOptions(const CLI::App& app, std::string& text) {
  for (const CLI::Option* option : app.get_options()) {
    if (option->get_name() == "--help" || option->get_lnames() == std::vector<std::string>{"help"}) continue;
    AddOption(*option, text);
  }
}

void AddCommands(const CLI::App& app, const std::string& path, std::string& text) {
  const auto subs = app.get_subcommands([](const CLI::App*) { return true; });
  for (const CLI::App* sub : subs) AddCommands(*sub, path + (path.empty() ? "" : " ") + sub->get_name(), text);
  if (!subs.empty()) return;
  text += ".SS " + Escaped(path) + "\n" + Escaped(app.get_description()) + "\n";
  AddOptions(app, text);
}

}  // namespace

std::string Manual(const CLI::App& app) {
  std::string text(kHead);
  text += ".SH オプション / OPTIONS\nどの操作にも付けられます。 / Good with every command.\n";
  AddOptions(app, text);
  text += ".SH 操作 / COMMANDS\n";
  AddCommands(app, "", text);
  return WithBreaks(text + std::string(kTail));
}

}  // namespace madoguchi::cli
