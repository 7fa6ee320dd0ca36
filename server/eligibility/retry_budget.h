// SPDX-License-Identifier: Apache-2.0
// RetryBudget: how many attempts may be repeated over all calls together, so that an outage is not multiplied by
// everybody who tries again: one retry for every ten calls, and a small store of them for short trouble. Thread: any.
#pragma once
#include <cstdint>
#include <mutex>

namespace madoguchi::eligibility {

inline constexpr int kCallsPerRetry = 10;
inline constexpr int kRetryBurst = 20;  // the store, full at the start: a moment's trouble at twenty desks

class RetryBudget {
 public:
  void Earn();   // one call goes out
  bool Spend();  // one retry; false: there is none left, do not repeat

 private:
  std::mutex mutex_;
  int tenths_ = kRetryBurst * kCallsPerRetry;  // guarded by mutex_
};

}  // namespace madoguchi::eligibility
