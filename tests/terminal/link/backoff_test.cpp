// SPDX-License-Identifier: Apache-2.0
#include "terminal/link/backoff.h"

#include <gtest/gtest.h>

namespace madoguchi::link {
namespace {

TEST(Backoff, DoublesFromHalfASecondToThirtySecondsAndPicksFromHalfToWhole) {
  Backoff lowest, highest;
  for (const int milliseconds : {500, 1000, 2000, 4000, 8000, 16000, 30000, 30000}) {
    const std::chrono::milliseconds interval(milliseconds);
    EXPECT_EQ(lowest.Next(0), interval / 2);
    EXPECT_EQ(highest.Next(static_cast<std::uint32_t>(interval.count() / 2)), interval);
  }
}

TEST(Backoff, StaysWithinTheIntervalForEveryRandomNumber) {
  for (std::uint32_t random = 0; random < 5000; ++random) {
    Backoff backoff;
    const auto picked = backoff.Next(random * 858993U);
    EXPECT_GE(picked, kReconnectFirst / 2);
    EXPECT_LE(picked, kReconnectFirst);
  }
}

TEST(Backoff, BeginsAnewAfterAReset) {
  Backoff backoff;
  backoff.Next(0);
  backoff.Next(0);
  backoff.Reset();
  EXPECT_EQ(backoff.Next(0), kReconnectFirst / 2);
}

}  // namespace
}  // namespace madoguchi::link
