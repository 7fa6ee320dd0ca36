// SPDX-License-Identifier: Apache-2.0
#include "server/check/inquiry.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "contract/insurance_number.h"

namespace madoguchi::check {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

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

TEST(Inquiry, IsAboutTheDayThatAReceiptComputerAsksFor) {
  NumberInquiry typed{"06132013", "", "345", "", "19600229", false, "receipt_computer", "20261031"};
  EXPECT_EQ(FoldInquiry(Typed(typed))->inquiry.confirmation_date, "20261031");
  typed.confirmation_date = "";
  EXPECT_EQ(FoldInquiry(Typed(typed))->inquiry.confirmation_date, "");
  typed.confirmation_date = "20261131";
  const Result<FoldedInquiry> folded = FoldInquiry(Typed(typed));
  ASSERT_FALSE(folded.ok());
  EXPECT_EQ(folded.error().code, ErrorCode::kInquiryFieldInvalid);
  EXPECT_EQ(folded.error().detail, "confirmation_date: not_a_date");
}

// The desk can do nothing about it: whoever registers the institution is warned, once.
TEST(Inquiry, OfAnInstitutionWithAnUnusualCodeSaysNothingOfIt) {
  Press press = Typed({"06132013", "", "345", "", "19600229", false, ""});
  press.caller.institution_code = "1180123456";
  const Result<FoldedInquiry> folded = FoldInquiry(press);
  ASSERT_TRUE(folded.ok());
  EXPECT_THAT(folded->warnings, IsEmpty());
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
