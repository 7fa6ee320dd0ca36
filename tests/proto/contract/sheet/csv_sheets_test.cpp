// SPDX-License-Identifier: Apache-2.0
#include "contract/sheet/csv_sheets.h"

#include <gtest/gtest.h>

#include "contract/sheet/sheet_reader.h"

namespace madoguchi::sheet {
namespace {

const std::string kHeader = "機関コード,機関名,ID,パスワード,アクティベーションコード,発行日\r\n";
const std::string kRow = "1311234567,みほんクリニック,W0000001,aB3x7kMp,1234-5678-9012,2026/11/22\r\n";

Result<std::vector<SettingsSheet>> Read(const std::string& text) {
  return ReadCsv(AsBytes(text));
}

TEST(CsvSheets, AreReadInAnyOrderOfColumns) {
  for (const std::string& text :
       {kHeader + kRow, "\xEF\xBB\xBF" + kHeader + kRow,
        std::string("備考,アクティベーションコード,パスワード,ＩＤ,医療機関コード,発行年月日,医療機関名\n,1234-5678-"
                    "9012,\"aB3x7kMp\",W0000001,1311234567,"
                    "令和8年11月22日,みほんクリニック"),
        std::string("機関コード\t機関名\tID\tパスワード\tアクティベーションコード\t発行日\n"
                    "1311234567\tみほんクリニック\tW0000001\taB3x7kMp\t123456789012\t2026-11-22\n\n\t\n")}) {
    const auto sheets = Read(text);
    ASSERT_TRUE(sheets.ok()) << sheets.error().detail;
    ASSERT_EQ(sheets->size(), 1u);
    const SettingsSheet& sheet = sheets->front();
    EXPECT_EQ(sheet.institution_code, "1311234567");
    EXPECT_EQ(sheet.institution_name, "みほんクリニック");
    EXPECT_EQ(sheet.account_id, "W0000001");
    EXPECT_EQ(sheet.password, "aB3x7kMp");
    EXPECT_EQ(sheet.activation_code, "123456789012");
    EXPECT_EQ(sheet.issued_on, "2026-11-22");
    EXPECT_EQ(sheet.place, "line 2");
  }
}

TEST(CsvSheets, AreReadInCp932) {
  // 機関コード,ID,パスワード,アクティベーションコード
  const std::string header =
      "\x8B\x40\x8A\xD6\x83\x52\x81\x5B\x83\x68,ID,\x83\x70\x83\x58\x83\x8F\x81\x5B\x83\x68,"
      "\x83\x41\x83\x4E\x83\x65\x83\x42\x83\x78\x81\x5B\x83\x56\x83\x87\x83\x93\x83\x52\x81\x5B\x83\x68\r\n";
  const auto sheets = Read(header + "1311234567,W0000001,aB3x7kMp,123456789012\r\n");
  ASSERT_TRUE(sheets.ok()) << sheets.error().detail;
  EXPECT_EQ(sheets->front().password, "aB3x7kMp");
}

TEST(CsvSheets, MayQuoteSeparatorsAndQuotationMarks) {
  const auto sheets =
      Read("ID,パスワード,機関コード,アクティベーションコード\nW0000001,\"a,\"\"b\n\",1311234567,123456789012\n");
  ASSERT_TRUE(sheets.ok()) << sheets.error().detail;
  EXPECT_EQ(sheets->front().password, "a,\"b");
}

TEST(CsvSheets, NameTheLineAndTheLabelOfWhatIsWrong) {
  const auto refusal = [](const std::string& text) {
    const auto sheets = Read(text);
    EXPECT_FALSE(sheets.ok());
    return sheets.ok() ? std::string()
                       : std::to_string(static_cast<int>(sheets.error().code)) + " " + sheets.error().detail;
  };
  EXPECT_EQ(refusal(kHeader + kRow + "131123456a,x,W0000002,a,123456789012,\n"), "1514 line 3: 機関コード: wrong form");
  EXPECT_EQ(refusal(kHeader + "1311234567,x,W0000002,,123456789012,\n"), "1514 line 2: パスワード: missing");
  EXPECT_EQ(refusal("ID,ID\nW0000001,W0000001\n"), "1514 line 1: ID: two columns of this name");
  EXPECT_EQ(refusal(kHeader), "1512 no line below the labels");
  EXPECT_EQ(refusal(""), "1512 empty");
  EXPECT_EQ(refusal("a,b\n1,2\n"), "1512 line 1 holds none of the labels");
  EXPECT_EQ(refusal(kHeader + "\"1311234567"), "1512 line 2: quotation mark without its partner");
  EXPECT_EQ(refusal(kHeader + "\"a\"b,c\n"), "1512 line 2: text behind a quotation mark");
  EXPECT_EQ(refusal(kHeader + std::string(2000, 'a')), "1512 line 2: a cell is too long");
  EXPECT_EQ(refusal(std::string(100, ',') + kHeader), "1512 line 1: too many columns");
  EXPECT_EQ(refusal(std::string("ID\0", 3)), "1512 neither PDF nor text");
  EXPECT_EQ(refusal(std::string("\xFF\xFEI\0D\0", 6)), "1512 UTF-16: save it as UTF-8");
  EXPECT_EQ(refusal("\x81\xFF\xFE\xA0"), "1512 neither UTF-8 nor CP932");
}

TEST(CsvSheets, TellWhenASpreadsheetTookACodeForANumber) {
  const auto refusal = [](const std::string& row) {
    const auto sheets = Read(kHeader + row);
    return sheets.ok() ? "read" : sheets.error().detail;
  };
  const std::string lost = ": digits were lost in a spreadsheet";
  EXPECT_EQ(refusal("111234567,x,W0000002,aB3x7kMp,123456789012,\n"), "line 2: 機関コード" + lost);
  for (const char* code : {"1.23457E+11", "34567890", "１．２３４５７Ｅ＋１１"})
    EXPECT_EQ(refusal(std::string("1311234567,x,W0000002,aB3x7kMp,") + code + ",\n"),
              "line 2: アクティベーションコード" + lost);
  for (const char* password : {"1.23E+15", "123456"})
    EXPECT_EQ(refusal(std::string("1311234567,x,W0000002,") + password + ",123456789012,\n"),
              "line 2: パスワード" + lost);
  for (const char* password : {"12345678", "1.23E+1x", "E+345678", "12E45678"})
    EXPECT_EQ(refusal(std::string("1311234567,x,W0000002,") + password + ",123456789012,\n"), "read");
}

TEST(CsvSheets, AreNotReadToHalfAPasswordWithAComma) {
  const auto sheets =
      Read("機関コード,ID,アクティベーションコード,パスワード\n1311234567,W0000001,123456789012,aB3,7kMp\n");
  ASSERT_FALSE(sheets.ok());
  EXPECT_EQ(sheets.error().detail, "line 2: more cells than the first line has");
}

TEST(CsvSheets, HoldAtMostSoManyAccounts) {
  std::string text = kHeader;
  for (std::size_t i = 0; i <= kSheetsPerFileMax; ++i) text += kRow;
  const auto sheets = Read(text);
  ASSERT_FALSE(sheets.ok());
  EXPECT_EQ(sheets.error().code, ErrorCode::kImportTooLarge);
}

}  // namespace
}  // namespace madoguchi::sheet
