// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/fair_gate.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

namespace madoguchi::eligibility {
namespace {

using std::chrono::milliseconds;

Deadline Soon() {
  return Deadline::In(std::chrono::seconds(20));
}

class FairGateTest : public testing::Test {
 protected:
  ~FairGateTest() override {
    for (std::thread& thread : threads_) thread.join();
  }
  // One more call of this desk that waits; returns once it does.
  void Wait(const std::string& desk) {
    const std::size_t before = gate_.waiting();
    threads_.emplace_back([this, desk] {
      const Result<FairGate::Pass> pass = gate_.Enter(desk, Soon());
      const std::lock_guard lock(mutex_);
      order_.push_back(pass.ok() ? desk : "refused");
    });
    const Deadline deadline = Soon();
    while (gate_.waiting() == before && !deadline.passed()) std::this_thread::yield();
    ASSERT_EQ(gate_.waiting(), before + 1);
  }
  std::vector<std::string> Order() {
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
    return order_;
  }

  FairGate gate_{1};
  std::mutex mutex_;
  std::vector<std::string> order_;
  std::vector<std::thread> threads_;
};

TEST_F(FairGateTest, LetsDesksTakeTurnsHoweverManyCallsOneOfThemHas) {
  {
    const Result<FairGate::Pass> first = gate_.Enter("busy", Soon());
    ASSERT_TRUE(first.ok());
    for (int i = 0; i < 4; ++i) Wait("busy");
    Wait("other");
    Wait("third");
    Wait("other");
  }
  EXPECT_EQ(Order(), (std::vector<std::string>{"busy", "other", "third", "busy", "other", "busy", "busy"}));
}

TEST_F(FairGateTest, LetsNoMoreThroughAtOnceThanItIsTold) {
  FairGate gate(3);
  std::atomic<int> inside = 0, most = 0, through = 0;
  std::vector<std::thread> threads;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, desk = std::to_string(i)] {
      for (int j = 0; j < 200; ++j) {
        const Result<FairGate::Pass> pass = gate.Enter(desk, Soon());
        if (!pass.ok()) continue;
        const int now = ++inside;
        int seen = most;
        while (now > seen && !most.compare_exchange_weak(seen, now)) {
        }
        ++through;
        --inside;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(through, 1600);
  EXPECT_LE(most, 3);
  EXPECT_EQ(gate.waiting(), 0u);
  EXPECT_TRUE(gate.Enter("a", Soon()).ok());
}

TEST_F(FairGateTest, ACallWhoseTimeIsOverLeavesItsPlaceToTheNext) {
  {
    const Result<FairGate::Pass> first = gate_.Enter("a", Soon());
    ASSERT_TRUE(first.ok());
    const Result<FairGate::Pass> late = gate_.Enter("b", Deadline::In(milliseconds(20)));
    ASSERT_FALSE(late.ok());
    EXPECT_EQ(late.error().code, ErrorCode::kServerBusy);
    EXPECT_EQ(gate_.waiting(), 0u);
    Wait("c");
  }
  EXPECT_EQ(Order(), (std::vector<std::string>{"c"}));
}

TEST_F(FairGateTest, RefusesAtOnceWhenTooManyWait) {
  std::vector<std::thread> waiting;
  std::atomic<int> refused = 0;
  {
    const Result<FairGate::Pass> first = gate_.Enter("a", Soon());
    ASSERT_TRUE(first.ok());
    for (std::size_t i = 0; i < kCallsWaitingMax; ++i) {
      waiting.emplace_back([this, &refused] { refused += gate_.Enter("a", Soon()).ok() ? 0 : 1; });
    }
    const Deadline deadline = Soon();
    while (gate_.waiting() < kCallsWaitingMax && !deadline.passed()) std::this_thread::yield();
    const Result<FairGate::Pass> more = gate_.Enter("b", Soon());
    ASSERT_FALSE(more.ok());
    EXPECT_EQ(more.error().code, ErrorCode::kServerBusy);
  }
  for (std::thread& thread : waiting) thread.join();
  EXPECT_EQ(refused, 0);
}

}  // namespace
}  // namespace madoguchi::eligibility
