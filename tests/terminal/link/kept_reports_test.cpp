// SPDX-License-Identifier: Apache-2.0
#include "terminal/link/kept_reports.h"

#include <gtest/gtest.h>

namespace madoguchi::link {
namespace {

class KeptReportsTest : public testing::Test {
 protected:
  void Add() {
    ASSERT_TRUE(kept_.Add({.press_id = Bytes(16, 7),
                           .act = ScreenAct::kClosed,
                           .blocks = {ResultBlock::kOutcome, ResultBlock::kLimit},
                           .form = ScreenForm::kText,
                           .end = ScreenEnd::kKey,
                           .shown = std::chrono::seconds(41)},
                          now_));
  }
  v1::ScreenReport Due() {
    const std::optional<v1::ScreenReport> due = kept_.TakeDue(now_);
    EXPECT_TRUE(due.has_value());
    return due.value_or(v1::ScreenReport());
  }
  Deadline::Clock::time_point now_ = Deadline::Clock::now();
  KeptReports kept_;
};

TEST_F(KeptReportsTest, SayWhatTheScreenDid) {
  Add();
  const v1::ScreenReport due = Due();
  EXPECT_EQ(due.report_id().size(), 16U);
  EXPECT_EQ(due.press_id(), std::string(16, 7));
  EXPECT_EQ(due.act(), v1::RESULT_CLOSED);
  ASSERT_EQ(due.blocks_size(), 2);
  EXPECT_EQ(due.blocks(1), v1::BLOCK_LIMIT);
  EXPECT_EQ(due.form(), v1::FORM_TEXT);
  EXPECT_EQ(due.end(), v1::END_BY_KEY);
  EXPECT_EQ(due.seconds(), 41U);
  EXPECT_EQ(due.ago_ms(), 0U);
}

TEST_F(KeptReportsTest, SayNoMoreThanTheServerTakes) {
  ASSERT_TRUE(kept_.Add(
      {.press_id = Bytes(16, 7), .act = ScreenAct::kClosed, .end = ScreenEnd::kKey, .shown = std::chrono::hours(70)},
      now_));
  EXPECT_EQ(Due().seconds(), 86'400U) << "a result that stood there over a weekend";
}

TEST_F(KeptReportsTest, AreSentOnceUntilTheyAreOverdue) {
  Add();
  const std::string id = Due().report_id();
  EXPECT_FALSE(kept_.TakeDue(now_).has_value());
  EXPECT_EQ(kept_.NextDue(), now_ + kReportTakenWithin);
  now_ += kReportTakenWithin;
  const v1::ScreenReport again = Due();
  EXPECT_EQ(again.report_id(), id) << "one row of the trail, however often it is sent";
  EXPECT_EQ(again.ago_ms(), 10'000U);
}

TEST_F(KeptReportsTest, AreSentAgainOnTheNextStream) {
  Add();
  const std::string id = Due().report_id();
  kept_.StreamClosed();
  EXPECT_EQ(Due().report_id(), id);
}

TEST_F(KeptReportsTest, AreForgottenOnceTaken) {
  Add();
  Add();
  const std::string first = Due().report_id();
  kept_.Taken("another");
  kept_.Taken(first);
  EXPECT_FALSE(kept_.empty());
  const std::string second = Due().report_id();
  EXPECT_NE(second, first);
  kept_.Taken(second);
  EXPECT_TRUE(kept_.empty());
  EXPECT_EQ(kept_.NextDue(), KeptReports::TimePoint::max());
}

TEST_F(KeptReportsTest, AreBounded) {
  for (std::size_t i = 0; i < kReportsKeptMax; ++i) Add();
  EXPECT_FALSE(kept_.Add({}, now_));
}

}  // namespace
}  // namespace madoguchi::link
