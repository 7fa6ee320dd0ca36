// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/retry_budget.h"

#include <algorithm>

namespace madoguchi::eligibility {

void RetryBudget::Earn() {
  const std::lock_guard lock(mutex_);
  tenths_ = std::min(tenths_ + 1, kRetryBurst * kCallsPerRetry);
}

bool RetryBudget::Spend() {
  const std::lock_guard lock(mutex_);
  if (tenths_ < kCallsPerRetry) return false;
  tenths_ -= kCallsPerRetry;
  return true;
}

}  // namespace madoguchi::eligibility
