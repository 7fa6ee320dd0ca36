// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/circuit_breaker.h"

#include <gtest/gtest.h>

#include <vector>

namespace madoguchi::eligibility {
namespace {

using State = CircuitBreaker::State;
using std::chrono::seconds;

class CircuitBreakerTest : public testing::Test {
 protected:
  CircuitBreaker::Time At(seconds second) const { return begin_ + second; }
  void OpenAt(seconds second) {
    for (int i = 0; i < kBreakerFailures; ++i) breaker_.Failed(At(second));
  }
  const CircuitBreaker::Time begin_ = Deadline::Clock::now();
  std::vector<State> told_;
  CircuitBreaker breaker_{[this](State state) { told_.push_back(state); }};
};

TEST_F(CircuitBreakerTest, LetsEverythingThroughWhileCallsAreAnswered) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(breaker_.Admit(begin_));
    breaker_.Reached();
  }
  EXPECT_TRUE(told_.empty());
}

TEST_F(CircuitBreakerTest, OpensOnlyAfterFailuresInARow) {
  for (int i = 0; i < 10; ++i) {
    for (int j = 0; j < kBreakerFailures - 1; ++j) breaker_.Failed(begin_);
    breaker_.Reached();
  }
  EXPECT_EQ(breaker_.state(), State::kClosed);
  OpenAt(seconds(0));
  EXPECT_EQ(breaker_.state(), State::kOpen);
  EXPECT_FALSE(breaker_.Admit(begin_));
  EXPECT_TRUE(breaker_.IsPaused(begin_));
}

TEST_F(CircuitBreakerTest, SendsOneProbeWhenItsTimeIsOverAndClosesWhenThatIsAnswered) {
  OpenAt(seconds(0));
  EXPECT_FALSE(breaker_.Admit(At(kBreakerOpenFirst - seconds(1))));
  EXPECT_FALSE(breaker_.IsPaused(At(kBreakerOpenFirst)));
  EXPECT_TRUE(breaker_.Admit(At(kBreakerOpenFirst)));
  EXPECT_FALSE(breaker_.Admit(At(kBreakerOpenFirst))) << "a second call beside the probe";
  EXPECT_TRUE(breaker_.IsPaused(At(kBreakerOpenFirst)));
  breaker_.Reached();
  EXPECT_TRUE(breaker_.Admit(At(kBreakerOpenFirst)));
  EXPECT_EQ(told_, (std::vector<State>{State::kOpen, State::kHalfOpen, State::kClosed}));
}

TEST_F(CircuitBreakerTest, StaysOpenLongerEachTimeTheProbeFailsUpToItsLimit) {
  OpenAt(seconds(0));
  seconds now = kBreakerOpenFirst;
  for (const seconds open_for : {seconds(30), seconds(60), seconds(60)}) {
    ASSERT_TRUE(breaker_.Admit(At(now)));
    breaker_.Failed(At(now));
    EXPECT_FALSE(breaker_.Admit(At(now + open_for - seconds(1))));
    now += open_for;
  }
  ASSERT_TRUE(breaker_.Admit(At(now)));
  breaker_.Reached();
  OpenAt(now);
  EXPECT_TRUE(breaker_.Admit(At(now + kBreakerOpenFirst))) << "after a recovery it begins with the short time again";
}

TEST_F(CircuitBreakerTest, AProbeThatWasNeverSentLeavesItToTheNextCall) {
  OpenAt(seconds(0));
  ASSERT_TRUE(breaker_.Admit(At(kBreakerOpenFirst)));
  breaker_.NotTried(At(kBreakerOpenFirst));
  EXPECT_TRUE(breaker_.Admit(At(kBreakerOpenFirst)));
}

TEST_F(CircuitBreakerTest, CallsThatWereOutBeforeItOpenedDoNotLengthenThePause) {
  OpenAt(seconds(0));
  OpenAt(seconds(10));
  EXPECT_TRUE(breaker_.Admit(At(kBreakerOpenFirst)));
}

TEST_F(CircuitBreakerTest, AnAnswerToACallThatWasOutClosesIt) {
  OpenAt(seconds(0));
  breaker_.Reached();
  EXPECT_TRUE(breaker_.Admit(At(seconds(1))));
}

}  // namespace
}  // namespace madoguchi::eligibility
