// SPDX-License-Identifier: Apache-2.0
#include "server/check/pool.h"

#include <gtest/gtest.h>

#include <atomic>
#include <future>
#include <latch>

namespace madoguchi::check {
namespace {

// Holds a worker until it is let go.
struct Gate {
  std::promise<void> entered, open;
  std::shared_future<void> opened = open.get_future().share();
  std::function<void()> Job() {
    return [this] {
      entered.set_value();
      opened.wait();
    };
  }
};

TEST(CheckPool, RefusesAtOnceWhenEveryWorkerIsBusyAndTheQueueIsFull) {
  Gate gate;
  std::atomic<int> done = 0;
  CheckPool pool(1, 1);
  ASSERT_TRUE(pool.TryPost(gate.Job()));
  gate.entered.get_future().wait();
  EXPECT_TRUE(pool.TryPost([&] { ++done; }));
  EXPECT_FALSE(pool.TryPost([&] { ++done; }));
  gate.open.set_value();
  pool.Stop();
  EXPECT_EQ(done, 1);
}

TEST(CheckPool, RunsAsManyJobsAtOnceAsItHasWorkers) {
  std::latch all_running(3);
  CheckPool pool(3, 8);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(pool.TryPost([&] { all_running.arrive_and_wait(); }));
  all_running.wait();
  pool.Stop();
}

TEST(CheckPool, FinishesWhatItAcceptedBeforeItStopsAndAcceptsNothingAfterwards) {
  std::atomic<int> done = 0;
  CheckPool pool(2, 16);
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(pool.TryPost([&] { ++done; }));
  pool.Stop();
  EXPECT_EQ(done, 10);
  EXPECT_FALSE(pool.TryPost([] {}));
}

}  // namespace
}  // namespace madoguchi::check
