// SPDX-License-Identifier: Apache-2.0
#include "server/account/mail_texts.h"

#include <array>
#include <sstream>

namespace madoguchi::account {
namespace {

// {1}, {2}, {3} stand for the words of `about`.
std::string Filled(std::string text, const std::string& about) {
  std::istringstream words(about);
  std::string word;
  for (char digit = '1'; digit <= '3' && words >> word; ++digit) {
    const std::string place{'{', digit, '}'};
    for (std::size_t at = text.find(place); at != std::string::npos; at = text.find(place, at + word.size()))
      text.replace(at, 3, word);
  }
  return text;
}

struct Pattern {
  const char* kind;
  const char* ja;
  const char* en;
};

constexpr std::array<Pattern, 11> kPatterns{{
    {"application.agreed", "申請 {2}（医療機関コード {1}）が受け付けられました。",
     "Application {2} (institution code {1}) was accepted."},
    {"application.accepted",
     "申請 {2}（医療機関コード {1}）が受け付けられました。設定情報を印刷して、窓口端末の初期登録をしてください。",
     "Application {2} (institution code {1}) was accepted. Print the settings sheets and activate the desks."},
    {"application.rejected",
     "申請 {2}（医療機関コード {1}）は受け付けられませんでした。理由を申請状況で確かめてください。",
     "Application {2} (institution code {1}) was rejected. See the reason in the list of applications."},
    {"application.silent",
     "申請 {2}（医療機関コード {1}）の結果が長い間届きません。ポータルの窓口に問い合わせてください。",
     "There has been no answer to application {2} (institution code {1}) for a long time. Call the portal's help "
     "desk."},
    {"category.ends",
     "医療機関コード {1} が限定型を利用できる根拠は {2} に終わります。更新を確かめて、登録し直してください。",
     "The category that allows institution code {1} to use the limited type ends on {2}. Check its renewal and record "
     "it."},
    {"category.ended", "医療機関コード {1} が限定型を利用できる根拠は {2} に終わりました。新しい申請はできません。",
     "The category that allowed institution code {1} to use the limited type ended on {2}. No new application is "
     "possible."},
    {"institution.moved",
     "{3} に、医療機関コード {1} のアカウントを {2} へ移しました。窓口端末は自動で切り替わります。",
     "On {3} the accounts of institution code {1} were moved to {2}. Desks switch over by themselves."},
    {"institution.move_failed",
     "{3} の医療機関コード {1} から {2} "
     "への移行ができません。両方のアカウントを持つ窓口端末があります。どちらかを解除してください。",
     "The move from institution code {1} to {2} on {3} is not possible: a desk holds accounts of both. Release one of "
     "them."},
    {"break_glass.used",
     "緊急解除コードが使われました（{1}）。使った本人以外の人が、翌朝 9 時までに内容を確認して記録してください。",
     "A break-glass code was used ({1}). Somebody else must review this and record the finding by 09:00 tomorrow."},
    {"break_glass.overdue",
     "緊急解除コードの使用（{1}）の確認が期限を過ぎています。使った本人以外の人が、すぐに確認して記録してください。",
     "The review of a use of a break-glass code ({1}) is overdue. Somebody else must do it now."},
    {"maintenance.overdue",
     "保守業者の作業（番号 {1}）が予定の時刻を過ぎても終了していません。終わっていれば、audit maintenance close "
     "で行った作業を記録してください。",
     "The vendor's work number {1} was not closed by its time. When it is done, record what was done with audit "
     "maintenance close."},
}};

}  // namespace

Mail AcceptedMail(const std::string& recipient, const std::string& institution_code, std::uint32_t number,
                  std::size_t accounts) {
  const std::string count = std::to_string(accounts), which = std::to_string(number);
  if (accounts == 0)
    return {recipient, "application.accepted", "申請受付完了のお知らせ",
            "申請の受付が完了しました。\n\n医療機関コード: " + institution_code + "\n申請番号: " + which +
                "\n\n内容は管理画面の申請状況で確かめられます。\n\n----\nYour application was accepted.\n\n"
                "Institution code: " +
                institution_code + "\nApplication: " + which +
                "\n\nThe list of applications in the console shows it.\n"};
  return {recipient, "application.accepted", "利用開始申請受付完了のお知らせ",
          "利用開始申請の受付が完了しました。\n\n医療機関コード: " + institution_code + "\n申請番号: " + which +
              "\n発行されたアカウント: " + count +
              " 件\n\n管理画面で設定情報（PDF）を印刷し、窓口端末の初期登録をしてください。\n"
              "設定情報は、初期登録が済むか 30 "
              "日たつと消去されます。\nこのメールに、パスワードやコードは書かれていません。\n\n----\n"
              "Your application was accepted.\n\nInstitution code: " +
              institution_code + "\nApplication: " + which + "\nAccounts issued: " + count +
              "\n\nPrint the settings sheets in the console and activate the desks. They are destroyed at activation "
              "or after 30 days.\n"
              "This mail holds no password and no code.\n"};
}

Mail FirstPasswordMail(const std::string& recipient, const std::string& password) {
  return {recipient, "user.first_password", "窓口（Madoguchi）の管理者IDのお知らせ",
          "管理画面の利用者として登録されました。\n\nID: " + recipient + "\n最初のパスワード: " + password +
              "\n\n初めてログインするときに、新しいパスワードを決め、認証アプリ（TOTP）を設定してください。\n"
              "心当たりがないときは、院内の管理者に知らせてください。\n\n----\n"
              "You are now a user of the Madoguchi console.\n\nID: " +
              recipient + "\nFirst password: " + password +
              "\n\nAt the first log-in you choose a new password and set up an authenticator app (TOTP).\n"
              "If you did not expect this, tell your administrator.\n"};
}

NoticeText TextOfNotice(const std::string& kind, const std::string& about) {
  for (const Pattern& pattern : kPatterns) {
    if (kind == pattern.kind) return {Filled(pattern.ja, about), Filled(pattern.en, about)};
  }
  if (kind == "mail.given_up")
    return {"メールを 24 時間送れなかったため、取りやめました（" + about +
                "）。送信サーバーの設定と宛先を確かめてください。",
            "A mail could not be sent for 24 hours and was given up (" + about +
                "). Check the mail server and the address."};
  return {kind + " " + about, kind + " " + about};
}

}  // namespace madoguchi::account
