// SPDX-License-Identifier: Apache-2.0
#include "server/account/sheets/enrolment_sheet_pdf.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "contract/child_process.h"
#include "contract/sheet/sheet_reader.h"

namespace madoguchi::account {
namespace {

EnrolmentSheet Example() {
  return {"1番窓口（総合受付）",  "1311234567",
          "みほんクリニック",     "W0000001",
          "2026年11月22日 22:30", {"madoguchi.clinic.local:8444", Bytes(32, 0xA7), std::string(64, '5')}};
}

Deadline Soon() {
  return Deadline::In(std::chrono::seconds(60));
}

std::string TextOf(ByteView pdf) {
  const auto text = FilterThrough(sheet::kPdfToText, {"-layout", "-", "-"}, pdf, 100'000, Soon());
  return text.ok() ? std::string(AsText(text->output.view())) : std::string();
}

TEST(EnrolmentSheetPdf, CarriesTheLinkInItsQrCode) {
  const auto pdf = WriteEnrolmentSheet(Example());
  ASSERT_TRUE(pdf.ok()) << pdf.error().detail;
  const auto link = sheet::ReadEnrolmentLink(pdf->view(), Soon());
  ASSERT_TRUE(link.ok()) << link.error().detail;
  EXPECT_EQ(link->server, "madoguchi.clinic.local:8444");
  EXPECT_EQ(link->root_sha256, Bytes(32, 0xA7));
  EXPECT_TRUE(link->token == std::string(64, '5'));
}

TEST(EnrolmentSheetPdf, FitsTheLongestServerName) {
  EnrolmentSheet longest = Example();
  longest.link.server = std::string(63, 'a') + '.' + std::string(63, 'b') + '.' + std::string(63, 'c') + '.' +
                        std::string(61, 'd') + ":65535";
  const auto pdf = WriteEnrolmentSheet(longest);
  ASSERT_TRUE(pdf.ok()) << pdf.error().detail;
  const auto link = sheet::ReadEnrolmentLink(pdf->view(), Soon());
  ASSERT_TRUE(link.ok()) << link.error().detail;
  EXPECT_EQ(link->server, longest.link.server);
}

TEST(EnrolmentSheetPdf, IsOnePageWithWhatAPersonNeeds) {
  const auto pdf = WriteEnrolmentSheet(Example());
  ASSERT_TRUE(pdf.ok());
  const std::string text = TextOf(pdf->view());
  for (const char* wanted :
       {"窓口端末 登録用紙", "Desk enrolment sheet", "1番窓口（総合受付）", "みほんクリニック", "1311234567",
        "W0000001", "2026年11月22日 22:30", "madoguchi-terminal activate --directory", "接続コード", "Connection code",
        "madoguchi.clinic.local:8444"})
    EXPECT_NE(text.find(wanted), std::string::npos) << wanted;
  EXPECT_EQ(std::count(text.begin(), text.end(), '\f'), 1);
  const std::size_t code = text.find("MYKT-");
  ASSERT_NE(code, std::string::npos);
  const auto typed = ParseConnectionCode("madoguchi.clinic.local:8444 " + text.substr(code, 34));
  ASSERT_TRUE(typed.ok());
  EXPECT_TRUE(typed->Names(Bytes(32, 0xA7)));
}

TEST(EnrolmentSheetPdf, PrintsTheTokenNowhereButInTheQrCode) {
  const auto pdf = WriteEnrolmentSheet(Example());
  ASSERT_TRUE(pdf.ok());
  EXPECT_EQ(TextOf(pdf->view()).find("55555"), std::string::npos);
}

TEST(EnrolmentSheetPdf, IsNotDrawnForAWrongLink) {
  EnrolmentSheet wrong = Example();
  wrong.link.token = "x";
  const auto pdf = WriteEnrolmentSheet(wrong);
  ASSERT_FALSE(pdf.ok());
  EXPECT_EQ(pdf.error().code, ErrorCode::kEnrolmentLinkInvalid);
}

TEST(EnrolmentSheetPdf, GetsAFileNameThatNobodyTyped) {
  EXPECT_EQ(EnrolmentSheetFileName("0f8b2c1e-aaaa-4bbb-8ccc-000000000000"), "desk_0f8b2c1e_enrolment.pdf");
}

}  // namespace
}  // namespace madoguchi::account
