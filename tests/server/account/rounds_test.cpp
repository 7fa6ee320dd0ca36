// SPDX-License-Identifier: Apache-2.0
#include "server/account/rounds.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>

namespace madoguchi::account {
namespace {

constexpr std::chrono::hours kNeverInATest{1};
constexpr std::chrono::seconds kWaitMax{20};

TEST(Rounds, BeginAtOnceAndGoOnWithoutAPauseWhileThereIsMore) {
  int count = 0;
  std::promise<int> enough;
  Rounds rounds(kNeverInATest, [&] {
    if (++count == 3) enough.set_value(count);
    return count >= 3;
  });
  auto reached = enough.get_future();
  ASSERT_EQ(reached.wait_for(kWaitMax), std::future_status::ready);
}

TEST(Rounds, AreWokenFromTheirPauseAndEndInIt) {
  std::promise<void> first, second;
  int count = 0;
  {
    Rounds rounds(kNeverInATest, [&] {
      if (++count == 1) first.set_value();
      if (count == 2) second.set_value();
      return true;
    });
    ASSERT_EQ(first.get_future().wait_for(kWaitMax), std::future_status::ready);
    rounds.Wake();
    ASSERT_EQ(second.get_future().wait_for(kWaitMax), std::future_status::ready);
  }
  EXPECT_EQ(count, 2);
}

TEST(Rounds, BeginNoFurtherRoundOnceToldToEnd) {
  std::promise<void> begun, told;
  std::atomic<int> count = 0;
  {
    Rounds rounds(std::chrono::milliseconds(0), [&] {
      if (++count == 1) {
        begun.set_value();
        told.get_future().wait_for(kWaitMax);
      }
      return false;
    });
    ASSERT_EQ(begun.get_future().wait_for(kWaitMax), std::future_status::ready);
    rounds.End();
    told.set_value();
  }
  EXPECT_EQ(count, 1);
}

}  // namespace
}  // namespace madoguchi::account
