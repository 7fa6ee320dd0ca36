// SPDX-License-Identifier: Apache-2.0
#include "server/identity/call_bucket.h"

#include <gtest/gtest.h>

namespace madoguchi::identity {
namespace {

using std::chrono::milliseconds;

TEST(CallBucket, TakesABurstAndThenSoManyASecond) {
  const CallBucket::Clock::time_point start{};
  CallBucket bucket(milliseconds(100), 40, start);
  for (int i = 0; i < 40; ++i) EXPECT_EQ(bucket.Take(start).count(), 0) << i;
  EXPECT_EQ(bucket.Take(start), milliseconds(100));
  EXPECT_EQ(bucket.Take(start + milliseconds(99)), milliseconds(1));
  EXPECT_EQ(bucket.Take(start + milliseconds(100)).count(), 0);
  EXPECT_EQ(bucket.Take(start + milliseconds(100)), milliseconds(100));
}

TEST(CallBucket, IsFullAgainAfterAPause) {
  const CallBucket::Clock::time_point start{};
  CallBucket bucket(milliseconds(100), 40, start);
  for (int i = 0; i < 40; ++i) static_cast<void>(bucket.Take(start));
  const auto later = start + std::chrono::hours(1);
  for (int i = 0; i < 40; ++i) EXPECT_EQ(bucket.Take(later).count(), 0) << i;
  EXPECT_GT(bucket.Take(later).count(), 0);
}

TEST(CountedRows, SayHowManyHadNone) {
  const CallBucket::Clock::time_point start{};
  CountedRows rows(milliseconds(10'000), 2, start);
  EXPECT_EQ(rows.Take(start), 0);
  EXPECT_EQ(rows.Take(start), 0);
  for (int i = 0; i < 7; ++i) EXPECT_EQ(rows.Take(start), std::nullopt);
  EXPECT_EQ(rows.Take(start + milliseconds(10'000)), 7);
  EXPECT_EQ(rows.Take(start + milliseconds(20'000)), 0);
}

}  // namespace
}  // namespace madoguchi::identity
