// SPDX-License-Identifier: Apache-2.0
#include "server/account/sheets/enrolment_sheet_pdf.h"

#include <algorithm>
#include <utility>

#include "server/account/sheets/page.h"

namespace madoguchi::account {
namespace {

constexpr double kWide = kPageWidth - 2 * kMargin;
constexpr double kQrSide = 210;
constexpr double kStepGap = 10;

constexpr char kTitle[] = "窓口端末 登録用紙";
constexpr char kEnglishTitle[] = "Desk enrolment sheet";
constexpr const char* kSteps[] = {
    "1. この用紙のファイル（PDF）を、登録する窓口端末の PC に保存します。\n    Save the file of this sheet (PDF) on "
    "the PC of the desk.",
    "2. その PC で次のとおり実行します。このファイルだけで登録が終わり、入力は要りません。\n    Run this on that PC; "
    "nothing has to be typed.\n"
    "    madoguchi-terminal activate --directory フォルダー --qr ファイル名",
    "3. ファイルがないときは次を実行し、接続コードと、設定情報の用紙の四つの項目を入力します。\n"
    "    Without the file run this; type the connection code and the settings sheet.\n    "
    "madoguchi-terminal activate --directory フォルダー",
    "4. 「登録完了」と表示されたら、この用紙は細断してください。\n    When the screen says that the desk is "
    "registered, shred this sheet.",
};
constexpr char kWarning[] =
    "この QR "
    "コードは一度だけ、期限まで使えます。使う前に人手に渡ったときは、管理者が登録を取り消してください。"
    "\n"
    "The QR code works once, until the time above. If it gets into other hands unused, the administrator revokes the "
    "desk.";

}  // namespace

std::string EnrolmentSheetFileName(const std::string& desk_id) {
  return "desk_" + desk_id.substr(0, 8) + "_enrolment.pdf";
}

Result<WipedBuffer> WriteEnrolmentSheet(const EnrolmentSheet& sheet) {
  TRY_ASSIGN(const std::string link, FormatEnrolmentLink(sheet.link));
  TRY_ASSIGN(const std::string code, FormatConnectionCode(sheet.link.server, sheet.link.root_sha256));
  Document document(kTitle);
  double y = kMargin;
  const TextStyle centre{.size = 20, .at = TextStyle::At::kCentre};
  y += document.Text(kMargin, y, kWide, kTitle, centre) + 2;
  y += document.Text(kMargin, y, kWide, kEnglishTitle, {.size = 10, .ink = Ink::kGrey, .at = TextStyle::At::kCentre}) +
       18;

  const double left = kWide - kQrSide - 12;
  const auto pair = [&](double at, const char* label, const std::string& value, double size) {
    const double high = document.Text(kMargin, at, left, label, {.size = 8.5, .ink = Ink::kGrey});
    return at + high + 2 + document.Text(kMargin, at + high + 2, left, value, {.size = size, .line_gap = 2}) + 12;
  };
  double at = pair(y + 10, "窓口端末 / Desk", sheet.desk_name, 18);
  at = pair(
      at, "医療機関・施術所 / Facility",
      sheet.institution_name.empty() ? sheet.institution_code : sheet.institution_name + "\n" + sheet.institution_code,
      12);
  if (!sheet.account_id.empty()) at = pair(at, "端末機器アカウント / Device account", sheet.account_id, 12);
  at = pair(at, "有効期限 / Valid until", sheet.valid_until + " まで", 12);
  document.Qr(kMargin + kWide - kQrSide, y, kQrSide, link);
  y = std::max(at, y + kQrSide) + 14;

  document.Rule(kMargin, y, kWide);
  y += 16;
  for (const char* step : kSteps) y += document.Text(kMargin, y, kWide, step, {.size = 10, .line_gap = 4}) + kStepGap;
  y += 6;
  const std::size_t space = code.find(' ');
  document.Frame(kMargin, y, kWide, 84);
  document.Text(kMargin + 12, y + 8, kWide - 24, "接続コード / Connection code", {.size = 8.5, .ink = Ink::kGrey});
  document.Text(kMargin + 12, y + 24, kWide - 24, code.substr(0, space), {.size = 15, .one_line = true});
  document.Text(kMargin + 12, y + 50, kWide - 24, code.substr(space + 1), {.size = 17, .one_line = true});
  y += 100;
  document.Text(kMargin, y, kWide, kWarning, {.size = 9, .ink = Ink::kRed});
  document.EndPage();
  return std::move(document).End();
}

}  // namespace madoguchi::account
