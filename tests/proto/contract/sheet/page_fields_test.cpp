// SPDX-License-Identifier: Apache-2.0
#include "contract/sheet/page_fields.h"

#include <gtest/gtest.h>

#include <chrono>
#include <ctime>

namespace madoguchi::sheet {
namespace {

const std::string kPage =
    "                                   発行日 2026/11/22\n"
    "みほんクリニック 御中\n\n"
    "   マイナ資格確認アプリ ユーザ設定情報\n"
    "「ID」「パスワード」は、人に見せないでください。\n"
    " 機関コード        1311234567\n"
    " 機関名           みほんクリニック センター\n"
    " ID            W0000001\n"
    " パスワード         aB3x7kMp\n"
    " アクティベーションコード  1234-5678-9012\n"
    "アクティベーションコードで認証した端末だけがアプリを利用できます。\n";

std::string Replaced(std::string text, const std::string& what, const std::string& with) {
  const std::size_t at = text.find(what);
  EXPECT_NE(at, std::string::npos) << what;
  return text.replace(at, what.size(), with);
}

void ExpectWhole(const std::string& text) {
  const auto page = ReadPage(text, "page 1");
  ASSERT_TRUE(page.ok()) << page.error().detail;
  ASSERT_TRUE(page->has_value());
  const SettingsSheet& sheet = **page;
  EXPECT_EQ(sheet.issued_on, "2026-11-22");
  EXPECT_EQ(sheet.institution_code, "1311234567");
  EXPECT_EQ(sheet.institution_name, "みほんクリニック センター");
  EXPECT_EQ(sheet.account_id, "W0000001");
  EXPECT_EQ(sheet.password, "aB3x7kMp");
  EXPECT_EQ(sheet.activation_code, "123456789012");
}

std::string Refusal(const std::string& text) {
  const auto page = ReadPage(text, "page 2");
  if (page.ok()) return page->has_value() ? "whole" : "no label";
  EXPECT_EQ(page.error().code, ErrorCode::kSheetFieldInvalid);
  return page.error().detail;
}

TEST(PageFields, StandBehindTheirLabels) {
  ExpectWhole(kPage);
}

TEST(PageFields, ForgiveSpacingFullWidthAndColons) {
  ExpectWhole(Replaced(kPage, "機関コード ", "機　関 コ ー ド："));
  ExpectWhole(Replaced(kPage, " ID  ", " ＩＤ："));
  ExpectWhole(Replaced(kPage, "1234-5678-9012", "１２３４－５６７８－９０１２"));
  ExpectWhole(Replaced(kPage, "パスワード  ", "パスワード: "));
  ExpectWhole(Replaced(kPage, "機関コード ", "医療機関コード"));
}

TEST(PageFields, MayStandBelowTheirLabels) {
  ExpectWhole(Replaced(kPage, "機関コード        ", "機関コード\n        "));
  ExpectWhole(
      "発行日 2026-11-22   機関コード 1311234567\n機関名\n  みほんクリニック センター\n"
      " ID      パスワード    アクティベーションコード\n W0000001  aB3x7kMp  1234-5678-9012\n");
}

TEST(PageFields, JoinANameThatTakesSeveralLines) {
  const auto name = [](const std::string& lines) {
    const auto page = ReadPage(Replaced(kPage, " 機関名           みほんクリニック センター\n", lines), "page 1");
    return page.ok() && page->has_value() ? (*page)->institution_name : std::string("refused");
  };
  EXPECT_EQ(name(" 機関名     医療法人社団みほん会\n         みほんクリニ\n\n          ック\n"),
            "医療法人社団みほん会みほんクリニック");
  EXPECT_EQ(name(" 機関名     Mihon\n         Clinic\n Institution\n"), "Mihon Clinic");
  EXPECT_EQ(name(" 機関名     みほん\n   注意\n"), "みほん");
  EXPECT_EQ(name(" 機関名 みほん\n        " + std::string(200, 'x') + "\n"), "みほん");
}

// Of this thread: what others do beside it does not count.
std::chrono::nanoseconds ComputingTime() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
}

// As fast as pdftotext: a page of four million characters must not keep a thread of the server for half a minute.
TEST(PageFields, AreSoughtInNoTimeInPagesOfAnySize) {
  for (const std::string unit : {"I ", "機 ", "ID ", "ID\n", "機関名 x\n   y\n", "機関名\n"}) {
    std::string page;
    while (page.size() < 4'000'000) page += unit;
    const std::chrono::nanoseconds begun = ComputingTime();
    (void)ReadPage(page, "page 1").ok();
    EXPECT_LT(ComputingTime() - begun, std::chrono::seconds(5)) << unit;
  }
}

TEST(PageFields, NameTheLabelAndThePageOfWhatIsMissing) {
  EXPECT_EQ(Refusal(Replaced(kPage, " パスワード         aB3x7kMp\n", "")), "page 2: パスワード: missing");
  EXPECT_EQ(Refusal(Replaced(kPage, "aB3x7kMp", "")), "page 2: パスワード: missing");
  EXPECT_EQ(Refusal(Replaced(kPage, "W0000001", "")), "page 2: ID: missing");
  EXPECT_EQ(Refusal(Replaced(kPage, "1234-5678-9012", "1234-5678-901")),
            "page 2: アクティベーションコード: wrong form");
  EXPECT_EQ(Refusal(Replaced(kPage, "1311234567", "131123456X")), "page 2: 機関コード: wrong form");
  EXPECT_EQ(Refusal(Replaced(kPage, "2026/11/22", "2026/11/31")), "page 2: 発行日: wrong form");
  EXPECT_EQ(Refusal(kPage + "ID W0000002\n"), "page 2: ID: two different values");
}

TEST(PageFields, AreNotNeededWhereNothingIsSaidAboutThem) {
  EXPECT_EQ(Refusal(Replaced(kPage, "発行日 2026/11/22", "")), "whole");
  EXPECT_EQ(Refusal("このアプリの使い方\n1. 端末にカードリーダーをつなぎます。\n"), "no label");
  EXPECT_EQ(Refusal(""), "no label");
}

TEST(PageFields, AreNotInvented) {
  EXPECT_EQ(Refusal("IDカードの扱い\nパスワードを忘れたとき\n"), "no label");
}

TEST(PageFields, SayNothingOfWhatWasRead) {
  for (std::size_t cut = 0; cut < kPage.size(); cut += 3) {
    const auto page = ReadPage(std::string_view(kPage).substr(0, cut), "page 2");
    if (page.ok()) continue;
    for (const char* secret : {"aB3x", "1234-", "123456", "13112"})
      EXPECT_EQ(page.error().detail.find(secret), std::string::npos);
  }
}

}  // namespace
}  // namespace madoguchi::sheet
