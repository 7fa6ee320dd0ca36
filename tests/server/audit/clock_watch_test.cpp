// SPDX-License-Identifier: Apache-2.0
#include "server/audit/clock_watch.h"

#include <gtest/gtest.h>

#include "server/audit/event.h"

namespace madoguchi::audit {
namespace {

// Keeps the events it is given, unless it is down.
class FewEvents final : public Trail {
 public:
  Result<IntentReceipt> RecordIntent(const CheckIntent&, Deadline) override { return IntentReceipt{}; }
  Result<void> RecordOutcome(const CheckOutcome&, Deadline) override { return {}; }
  Result<void> RecordEvent(const Event& event, Deadline) override {
    if (down) return Error{ErrorCode::kTrailUnavailable, "test", {}};
    events.push_back(event);
    return {};
  }
  std::vector<Event> events;
  bool down = false;
};

class ClockWatchTest : public testing::Test {
 protected:
  bool Round() { return watch_.Round(Deadline::In(std::chrono::seconds(1))).ok(); }
  FewEvents trail_;
  std::string_view state_ = clock_state::kSynchronised;
  ClockWatch watch_{trail_, [this] { return state_; }};
};

TEST_F(ClockWatchTest, SaysTheStateAtTheStartAndNothingWhileItStays) {
  ASSERT_TRUE(Round());
  ASSERT_TRUE(Round());
  ASSERT_EQ(trail_.events.size(), 1U);
  EXPECT_EQ(trail_.events[0].action, action::kAuditClockState);
  EXPECT_EQ(trail_.events[0].detail, "state=synchronised at=start");
  EXPECT_EQ(trail_.events[0].actor, "server");
}

TEST_F(ClockWatchTest, SaysWhatTheStateWasBeforeItChanged) {
  ASSERT_TRUE(Round());
  state_ = clock_state::kUnsynchronised;
  ASSERT_TRUE(Round());
  ASSERT_EQ(trail_.events.size(), 2U);
  EXPECT_EQ(trail_.events[1].detail, "state=unsynchronised before=synchronised");
}

TEST_F(ClockWatchTest, SaysLaterWhatCouldNotBeRecorded) {
  trail_.down = true;
  EXPECT_FALSE(Round());
  trail_.down = false;
  ASSERT_TRUE(Round());
  EXPECT_EQ(trail_.events.size(), 1U);
}

}  // namespace
}  // namespace madoguchi::audit
