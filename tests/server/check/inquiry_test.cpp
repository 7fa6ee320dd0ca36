// SPDX-License-Identifier: Apache-2.0
#include "server/check/inquiry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/insurance_number.h"

namespace madoguchi::check {
namespace {

using ::testing::ElementsAre;

Press Typed(const NumberInquiry& numbers) {
  Press press;
  press.press_id = Bytes(16, 0x11);
  press.method = Method::kNumber;
  press.caller.institution_code = "2714206386";
  press.inquiry = numbers;
  return press;
}

TEST(Inquiry, IsAskedInTheWidthsOfTheService) {
  const Result<FoldedInquiry> folded =
      FoldInquiry(Typed({"１３８０５７", "１２－ア", "３４５", "2", "1960-02-29", true, "card_not_brought"}));
  ASSERT_TRUE(folded.ok());
  EXPECT_EQ(folded->inquiry.insurer_number, "  138057");
  EXPECT_EQ(folded->inquiry.symbol, "１２－ア");
  EXPECT_EQ(folded->inquiry.number, "345");
  EXPECT_EQ(folded->inquiry.branch, "02");
  EXPECT_EQ(folded->inquiry.birthdate, "19600229");
  EXPECT_TRUE(folded->inquiry.limit_consent);
  EXPECT_EQ(folded->inquiry.press_id, Bytes(16, 0x11));
  EXPECT_THAT(folded->warnings, ElementsAre("branch_width"));
}

TEST(Inquiry, BornTomorrowIsOnlyWarnedOf) {
  const std::string tomorrow = DateInJapan(std::chrono::system_clock::now() + std::chrono::hours(48));
  const Result<FoldedInquiry> folded = FoldInquiry(Typed({"06132013", "", "345", "", tomorrow, false, ""}));
  ASSERT_TRUE(folded.ok());
  EXPECT_THAT(folded->warnings, ElementsAre("birthdate_future"));
}

TEST(Inquiry, OfAnInstitutionWithAnUnusualCodeIsWarnedOf) {
  Press press = Typed({"06132013", "", "345", "", "19600229", false, ""});
  press.caller.institution_code = "1180123456";
  const Result<FoldedInquiry> folded = FoldInquiry(press);
  ASSERT_TRUE(folded.ok());
  EXPECT_THAT(folded->warnings, ElementsAre("institution_table_unknown", "institution_check_digit"));
}

TEST(Inquiry, ThatCannotBeSentNamesAFieldAndNoValue) {
  const Result<FoldedInquiry> folded = FoldInquiry(Typed({"0613201X", "12", "", "", "19600230", false, ""}));
  ASSERT_FALSE(folded.ok());
  EXPECT_EQ(folded.error().code, ErrorCode::kInquiryFieldInvalid);
  EXPECT_EQ(folded.error().detail, "insurer_number: not_digits");
  Press without;
  ASSERT_FALSE(FoldInquiry(without).ok());
}

}  // namespace
}  // namespace madoguchi::check
