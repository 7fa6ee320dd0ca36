// SPDX-License-Identifier: Apache-2.0
#include "terminal/link/press_order.h"

#include <gtest/gtest.h>

#include "tests/terminal/link/typed_fields.h"

namespace madoguchi::link {
namespace {

TEST(PressOrder, IsCopiedForTheNextPressOfTheSamePatient) {
  const PressFields fields = TypedFields();
  const Result<PressFields> copy = fields.Copy();
  ASSERT_TRUE(copy.ok());
  EXPECT_EQ(copy->method, Method::kNumber);
  EXPECT_EQ(copy->attestation, fields.attestation);
  EXPECT_TRUE(AsText(copy->inquiry->insurer_number.view()) == "138057");
  EXPECT_TRUE(copy->inquiry->symbol.empty());
  EXPECT_TRUE(AsText(copy->inquiry->birthdate.view()) == "19600229");
  EXPECT_TRUE(copy->inquiry->limit_consent);
  EXPECT_EQ(copy->inquiry->reason, InquiryReason::kAfterAnOutage);
  EXPECT_TRUE(AsText(copy->patient_number->view()) == "P-0042");
  EXPECT_TRUE(AsText(copy->expected_birthdate->view()) == "19600301");
  EXPECT_FALSE(PressFields().Copy()->patient_number.has_value());
}

TEST(PressOrder, NamesItsMethodInOneWord) {
  EXPECT_STREQ(MethodWord(Method::kSight), "sight");
  EXPECT_STREQ(MethodWord(Method::kPin), "pin");
  EXPECT_STREQ(MethodWord(Method::kNumber), "number");
}

}  // namespace
}  // namespace madoguchi::link
