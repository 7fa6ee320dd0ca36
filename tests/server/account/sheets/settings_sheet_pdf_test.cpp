// SPDX-License-Identifier: Apache-2.0
#include "server/account/sheets/settings_sheet_pdf.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstdio>

#include "contract/child_process.h"
#include "contract/files.h"
#include "contract/sheet/sheet_reader.h"

namespace madoguchi::account {
namespace {

Deadline Soon() {
  return Deadline::In(std::chrono::seconds(60));
}

constexpr std::array<const char*, 5> kNames = {
    "みほんクリニック", "辻󠄀内科 𠮷野医院", "医療法人社団 髙﨑会 ﾊｰﾄ眼科", "Clinic (A) <b>&amp; \"Q\"",
    "医療法人社団みほん会みほん総合リハビリテーションセンター附属みほん訪問看護ステーション東"};
constexpr std::size_t kLongestName = 100;  // characters

std::vector<sheet::SettingsSheet> Twenty() {
  std::vector<sheet::SettingsSheet> sheets;
  for (unsigned i = 0; i < 20; ++i) {
    sheet::SettingsSheet sheet;
    sheet.issued_on = i % 4 == 3 ? "" : "2026-11-2" + std::to_string(i % 10);
    sheet.institution_code = "1311234567";
    sheet.institution_name = kNames[i % kNames.size()];
    sheet.account_id = "W00000" + std::to_string(10 + i);
    sheet.password = std::string("aB3-O0l") + static_cast<char>('a' + i);
    sheet.activation_code = "1234567890" + std::to_string(10 + i);
    sheets.push_back(std::move(sheet));
  }
  return sheets;
}

std::string Through(const char* program, const std::vector<std::string>& arguments, ByteView input) {
  const auto filtered = FilterThrough(program, arguments, input, 16 * 1024 * 1024, Soon());
  EXPECT_TRUE(filtered.ok() && filtered->status == 0) << program;
  return filtered.ok() ? std::string(AsText(filtered->output.view())) : std::string();
}

TEST(SettingsSheetPdf, IsReadBackAsItWasWritten) {
  const auto written = Twenty();
  const auto pdf = WriteSettingsSheets(written);
  ASSERT_TRUE(pdf.ok()) << pdf.error().detail;
  EXPECT_LT(pdf->size(), 200'000u);
  const auto read = sheet::ReadSheets(pdf->view(), Soon());
  ASSERT_TRUE(read.ok()) << read.error().detail;
  ASSERT_EQ(read->size(), written.size());
  for (std::size_t i = 0; i < written.size(); ++i) {
    const sheet::SettingsSheet &in = written[i], &out = (*read)[i];
    EXPECT_EQ(out.issued_on, in.issued_on);
    EXPECT_EQ(out.institution_code, in.institution_code);
    EXPECT_EQ(out.institution_name, in.institution_name);
    EXPECT_EQ(out.account_id, in.account_id);
    EXPECT_EQ(out.password == in.password, true);
    EXPECT_EQ(out.activation_code == in.activation_code, true);
    EXPECT_EQ(out.place, "page " + std::to_string(i + 1));
  }
}

TEST(SettingsSheetPdf, IsReadBackWithTheLongestNameAndWithoutAny) {
  std::string longest;
  for (std::size_t i = 0; i < kLongestName; ++i) longest += i % 2 == 0 ? "髙" : "会";
  auto written = Twenty();
  written.resize(2);
  written[0].institution_name = longest;
  written[1].institution_name.clear();
  const auto pdf = WriteSettingsSheets(written);
  ASSERT_TRUE(pdf.ok());
  const auto read = sheet::ReadSheets(pdf->view(), Soon());
  ASSERT_TRUE(read.ok()) << read.error().detail;
  EXPECT_EQ(read->at(0).institution_name, longest);
  EXPECT_EQ(read->at(1).institution_name, "");
}

TEST(SettingsSheetPdf, HasTheLabelsOfThePortal) {
  const auto pdf = WriteSettingsSheets(Twenty());
  ASSERT_TRUE(pdf.ok());
  const std::string text = Through(sheet::kPdfToText, {"-l", "1", "-", "-"}, pdf->view());
  for (const char* wanted :
       {"マイナ資格確認アプリ ユーザ設定情報", "発行日", "御中", "発行者", "機関コード", "機関名", "ID", "パスワード",
        "アクティベーションコード", "-9010", "アクティベーションコードで認証された端末だけ", "保管"})
    EXPECT_NE(text.find(wanted), std::string::npos) << wanted;
}

TEST(SettingsSheetPdf, EmbedsEveryFont) {
  const auto pdf = WriteSettingsSheets(Twenty());
  ASSERT_TRUE(pdf.ok());
  const std::string fonts = Through("/usr/bin/pdffonts", {"-"}, pdf->view());
  EXPECT_NE(fonts.find("IPAGothic"), std::string::npos);
  std::size_t lines = 0;
  for (std::size_t at = fonts.find('\n', fonts.find("---")) + 1; at < fonts.size();
       at = fonts.find('\n', at) + 1, ++lines) {
    const std::string line = fonts.substr(at, fonts.find('\n', at) - at);
    EXPECT_NE(line.find("IPAGothic"), std::string::npos) << line;
    EXPECT_NE(line.find(" yes yes yes "), std::string::npos) << line;  // embedded, subset, with its Unicode
  }
  EXPECT_GE(lines, 1u);
}

TEST(SettingsSheetPdf, NamesInItsQrCodeTheAccountAndNoSecret) {
  const auto pdf = WriteSettingsSheets(Twenty());
  ASSERT_TRUE(pdf.ok());
  const std::string picture =
      Through(sheet::kPdfToPicture, {"-png", "-gray", "-r", "150", "-singlefile", "-"}, pdf->view());
  const std::string file = testing::TempDir() + "madoguchi_sheet_qr_" + std::to_string(getpid()) + ".png";
  ASSERT_TRUE(WriteFileWhole(file, picture, true).ok());
  EXPECT_EQ(Through(sheet::kQrReader, {"-q", "--raw", "--nodbus", "png:" + file}, {}),
            "madoguchi-account:?i=1311234567&a=W0000010\n");
  (void)std::remove(file.c_str());
}

TEST(SettingsSheetPdf, HoldsNoSecretOutsideItsPages) {
  auto sheets = Twenty();
  const auto pdf = WriteSettingsSheets(sheets);
  ASSERT_TRUE(pdf.ok());
  for (const auto& sheet : sheets) EXPECT_EQ(AsText(pdf->view()).find(sheet.password), std::string_view::npos);
}

}  // namespace
}  // namespace madoguchi::account
