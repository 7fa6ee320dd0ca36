// SPDX-License-Identifier: Apache-2.0
#include "server/account/sheets/settings_sheet_pdf.h"

#include <string_view>
#include <utility>

#include "server/account/sheets/page.h"

namespace madoguchi::account {
namespace {

constexpr double kWide = kPageWidth - 2 * kMargin;
constexpr double kLabelWide = 160;  // leaves room for the longest name on two lines
constexpr double kRowHigh = 44;
constexpr double kQrSide = 110;
constexpr std::size_t kLongNameBytes = 72;  // about 24 characters: then smaller, and on two lines

constexpr char kTitle[] = "マイナ資格確認アプリ ユーザ設定情報";
constexpr char kPurpose[] =
    "マイナ資格確認アプリの初期登録に使う情報です。登録する端末で、次の四つを入力してください。\n"
    "Enter these four values on the device when it is activated for the first time.";
constexpr char kWarnings[] =
    "・この用紙は、他人の目に触れないところに厳重に保管してください。写しや写真を残さないでください。\n"
    "・アクティベーションコードで認証された端末だけがアプリを利用でき、コードは一度だけ使えます。\n"
    "・初期登録が終わると、この用紙は再び印刷できません。登録後は細断してください。\n"
    "・続けて 5 回間違えると、30 分間登録できません。\n"
    "Keep this sheet locked away and make no copies. Only a device authenticated with the activation code may use the "
    "app; the code works "
    "once. After activation this sheet cannot be printed again: shred it. Five wrong attempts lock it for 30 minutes.";
constexpr char kQrNote[] =
    "機関とアカウントの番号だけで、秘密の情報は入っていません。\nNames the account; holds no secret.";

std::string InJapanese(const std::string& iso_date) {
  return iso_date.substr(0, 4) + "年" + iso_date.substr(5, 2) + "月" + iso_date.substr(8, 2) + "日";
}

// Which characters these are, for a person who types them: 0 and O look alike on paper.
std::string Spelled(const std::string& password) {
  std::string spelled;
  spelled.reserve(password.size() * 16);
  for (const char c : password) {
    if (!spelled.empty()) spelled += ' ';
    spelled += c;
    spelled += c >= 'A' && c <= 'Z' ? "(大)" : c >= 'a' && c <= 'z' ? "(小)" : c >= '0' && c <= '9' ? "(数)" : "(記)";
  }
  return spelled;
}

class Sheet {
 public:
  Sheet(Document& document, const sheet::SettingsSheet& sheet, const std::string& issuer)
      : document_(document), sheet_(sheet), issuer_(issuer) {}

  void Draw() {
    const TextStyle right{.size = 10, .at = TextStyle::At::kRight, .one_line = true};
    double y = kMargin;
    if (!sheet_.issued_on.empty()) document_.Text(kMargin, y, kWide, "発行日 " + InJapanese(sheet_.issued_on), right);
    y += 30;
    const std::string addressee = sheet_.institution_name.empty() ? sheet_.institution_code : sheet_.institution_name;
    document_.Text(kMargin, y, kWide * 0.75, addressee + " 御中",
                   {.size = addressee.size() > kLongNameBytes ? 9.0 : 13.0, .line_gap = 2});
    document_.Text(kMargin, y + 26, kWide, "発行者 " + issuer_, right);
    document_.Text(kMargin, y + 66, kWide, kTitle, {.size = 18, .at = TextStyle::At::kCentre, .one_line = true});
    document_.Text(kMargin, y + 104, kWide, kPurpose, {.size = 9.5});
    y += 146;
    const double top = y;
    y = Row(y, "機関コード", "Institution code", sheet_.institution_code, 16);
    if (!sheet_.institution_name.empty()) y = Row(y, "機関名", "Institution", sheet_.institution_name, 13);
    y = Row(y, "ID", "Account", sheet_.account_id, 16);
    y = Row(y, "パスワード", "Password", sheet_.password, 16, true);
    y = Row(y, "アクティベーションコード", "Activation code", sheet::PrintedCode(sheet_.activation_code), 16);
    document_.Frame(kMargin, top, kWide, y - top);
    y += 22;
    const double high = document_.Text(kMargin, y, kWide, kWarnings, {.size = 9.5, .line_gap = 5});
    y += high + 18;
    document_.Qr(kMargin, y, kQrSide, "madoguchi-account:?i=" + sheet_.institution_code + "&a=" + sheet_.account_id);
    document_.Text(kMargin + kQrSide + 10, y + 16, kWide - kQrSide - 10, kQrNote, {.size = 9, .ink = Ink::kGrey});
    document_.EndPage();
  }

 private:
  double Row(double y, std::string_view label, std::string_view english, std::string value, double size,
             bool spelled = false) {
    document_.Text(kMargin + 10, y + 8, kLabelWide - 12, label, {.size = 12, .one_line = true});
    document_.Text(kMargin + 10, y + 26, kLabelWide - 12, english, {.size = 8, .ink = Ink::kGrey});
    document_.Text(kMargin + kLabelWide, y + 6, kWide - kLabelWide - 10, value,
                   {.size = size, .one_line = true, .line_gap = 1});
    if (spelled) {
      std::string letters = Spelled(value);
      document_.Text(kMargin + kLabelWide, y + 28, kWide - kLabelWide - 10, letters,
                     {.size = 8, .ink = Ink::kGrey, .one_line = true});
      sheet::WipeText(letters);
    }
    sheet::WipeText(value);
    document_.Rule(kMargin, y + kRowHigh, kWide);
    return y + kRowHigh;
  }

  Document& document_;
  const sheet::SettingsSheet& sheet_;
  const std::string& issuer_;
};

}  // namespace

Result<WipedBuffer> WriteSettingsSheets(const std::vector<sheet::SettingsSheet>& sheets, const std::string& issuer) {
  Document document(kTitle);
  for (const sheet::SettingsSheet& each : sheets) Sheet(document, each, issuer).Draw();
  return std::move(document).End();
}

}  // namespace madoguchi::account
