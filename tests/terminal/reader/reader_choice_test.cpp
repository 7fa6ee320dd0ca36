// SPDX-License-Identifier: Apache-2.0
#include "terminal/reader/reader_choice.h"

#include <gtest/gtest.h>

namespace madoguchi::reader {
namespace {

ReaderState Reader(const std::string& name, bool card) {
  return {name, card, 1, {}};
}

TEST(ReaderChoice, TakesTheOneReaderWithACard) {
  const auto chosen = ChooseReader({true, {Reader("Left 00", false), Reader("Right 01", true)}}, "");
  ASSERT_TRUE(chosen.ok());
  ASSERT_TRUE(chosen->has_value());
  EXPECT_EQ(chosen->value().name, "Right 01");
}

TEST(ReaderChoice, WaitsWhenNoReaderHasACard) {
  const auto chosen = ChooseReader({true, {Reader("Left 00", false)}}, "");
  ASSERT_TRUE(chosen.ok());
  EXPECT_FALSE(chosen->has_value());
}

TEST(ReaderChoice, RefusesTwoCardsAndNamesBothReaders) {
  const auto chosen = ChooseReader({true, {Reader("Left 00", true), Reader("Right 01", true)}}, "");
  EXPECT_EQ(chosen.error().code, ErrorCode::kSeveralCards);
  EXPECT_NE(chosen.error().detail.find("Left 00"), std::string::npos);
  EXPECT_NE(chosen.error().detail.find("Right 01"), std::string::npos);
}

TEST(ReaderChoice, TakesTheNamedReaderOfTwoCards) {
  const ReadersSeen seen{true, {Reader("Left 00", true), Reader("Right 01", true)}};
  EXPECT_EQ(ChooseReader(seen, "Right 01").value()->name, "Right 01");
  EXPECT_EQ(ChooseReader(seen, "Left").value()->name, "Left 00");
}

TEST(ReaderChoice, PrefersTheWholeNameToItsBeginning) {
  const ReadersSeen seen{true, {Reader("Desk 1", true), Reader("Desk 10", true)}};
  EXPECT_EQ(ChooseReader(seen, "Desk 1").value()->name, "Desk 1");
}

TEST(ReaderChoice, SaysWhenThereIsNoReaderNoneOfTheNameOrNoService) {
  EXPECT_EQ(ChooseReader({true, {}}, "").error().code, ErrorCode::kNoReader);
  EXPECT_EQ(ChooseReader({true, {Reader("Left 00", true)}}, "Right").error().code, ErrorCode::kNoReader);
  EXPECT_EQ(ChooseReader({false, {}}, "").error().code, ErrorCode::kPcscServiceUnavailable);
}

}  // namespace
}  // namespace madoguchi::reader
