// SPDX-License-Identifier: Apache-2.0
// The trail had "result closed" before "result shown" of the same check: a desk sent both at once, and a busy server,
// which works on what it receives side by side, recorded the second one first.
#include <gtest/gtest.h>

#include "terminal/link/kept_reports.h"

namespace madoguchi::link {
namespace {

TEST(ClosedBeforeShown, AReportIsSentOnceTheOneBeforeIsTakenWhateverIsLostOnTheWay) {
  Deadline::Clock::time_point now = Deadline::Clock::now();
  KeptReports kept;
  ASSERT_TRUE(kept.Add({.press_id = Bytes(16, 7), .act = ScreenAct::kShown}, now));
  ASSERT_TRUE(kept.Add({.press_id = Bytes(16, 7), .act = ScreenAct::kClosed}, now));
  const auto due = [&] { return kept.TakeDue(now).value_or(v1::ScreenReport()); };
  const v1::ScreenReport shown = due();
  EXPECT_EQ(shown.act(), v1::RESULT_SHOWN);
  EXPECT_FALSE(kept.TakeDue(now).has_value());
  kept.StreamClosed();
  EXPECT_EQ(due().act(), v1::RESULT_SHOWN) << "on the next stream";
  EXPECT_FALSE(kept.TakeDue(now).has_value());
  now += kReportTakenWithin;
  EXPECT_EQ(due().act(), v1::RESULT_SHOWN) << "when it was not taken in time";
  EXPECT_FALSE(kept.TakeDue(now).has_value());
  kept.Taken(shown.report_id());
  EXPECT_LE(kept.NextDue(), now);
  EXPECT_EQ(due().act(), v1::RESULT_CLOSED);
}

}  // namespace
}  // namespace madoguchi::link
