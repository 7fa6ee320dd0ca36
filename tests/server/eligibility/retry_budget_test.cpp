// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/retry_budget.h"

#include <gtest/gtest.h>

namespace madoguchi::eligibility {
namespace {

int SpendAll(RetryBudget& budget) {
  int retries = 0;
  while (retries < 1000 && budget.Spend()) ++retries;
  return retries;
}

TEST(RetryBudget, AllowsAFewRetriesAtOnceAndThenNoMore) {
  RetryBudget budget;
  EXPECT_EQ(SpendAll(budget), kRetryBurst);
  EXPECT_FALSE(budget.Spend());
}

TEST(RetryBudget, GivesOneRetryForTenCalls) {
  RetryBudget budget;
  SpendAll(budget);
  for (int i = 0; i < kCallsPerRetry - 1; ++i) budget.Earn();
  EXPECT_FALSE(budget.Spend());
  budget.Earn();
  EXPECT_TRUE(budget.Spend());
  EXPECT_FALSE(budget.Spend());
}

TEST(RetryBudget, KeepsRetriesBelowATenthOfTheCallsOfALongOutage) {
  RetryBudget budget;
  int retries = 0;
  constexpr int kCalls = 10'000;
  for (int call = 0; call < kCalls; ++call) {
    budget.Earn();
    for (int attempt = 2; attempt <= 3; ++attempt) retries += budget.Spend() ? 1 : 0;
  }
  EXPECT_LE(retries, kCalls / 10 + kRetryBurst);
}

TEST(RetryBudget, DoesNotSaveUpMoreThanTheBurst) {
  RetryBudget budget;
  for (int i = 0; i < 10'000; ++i) budget.Earn();
  EXPECT_EQ(SpendAll(budget), kRetryBurst);
}

}  // namespace
}  // namespace madoguchi::eligibility
