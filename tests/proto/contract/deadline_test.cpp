// SPDX-License-Identifier: Apache-2.0
#include "contract/deadline.h"

#include <gtest/gtest.h>

namespace madoguchi {
namespace {

using namespace std::chrono_literals;

TEST(Deadline, LeavesNoMoreThanWasGiven) {
  const Deadline deadline = Deadline::In(1h);
  EXPECT_FALSE(deadline.passed());
  EXPECT_LE(deadline.remaining(), 1h);
  EXPECT_GT(deadline.remaining(), 59min);
}

TEST(Deadline, NeverLeavesLessThanNothing) {
  const Deadline deadline(Deadline::Clock::now() - 1h);
  EXPECT_TRUE(deadline.passed());
  EXPECT_EQ(deadline.remaining(), 0ms);
}

TEST(Deadline, IsPassedAtItsMoment) {
  EXPECT_TRUE(Deadline(Deadline::Clock::now()).passed());
}

TEST(Deadline, IsShortenedByACap) {
  const Deadline capped = Deadline::In(1h).Capped(10s);
  EXPECT_LE(capped.remaining(), 10s);
  EXPECT_GT(capped.remaining(), 0ms);
}

TEST(Deadline, IsNeverLengthenedByACap) {
  const Deadline deadline = Deadline::In(10s);
  EXPECT_EQ(deadline.Capped(1h).at(), deadline.at());
}

TEST(Stopwatch, CountsWhatTheSteadyClockCounts) {
  const auto before = Deadline::Clock::now();
  const Stopwatch watch;
  while (Deadline::Clock::now() - before < 2ms) {
  }
  const auto elapsed = watch.elapsed();
  EXPECT_GT(elapsed, 0us);
  EXPECT_LE(elapsed, Deadline::Clock::now() - before);
}

}  // namespace
}  // namespace madoguchi
