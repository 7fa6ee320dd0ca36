// SPDX-License-Identifier: Apache-2.0
#include "server/identity/call_bucket.h"

#include <algorithm>

namespace madoguchi::identity {

std::chrono::milliseconds CallBucket::Take(Clock::time_point now) {
  const std::lock_guard lock(mutex_);
  const Clock::time_point next = std::max(full_at_, now) + every_;
  const Clock::duration too_early = next - now - every_ * burst_;
  if (too_early > Clock::duration::zero()) return std::chrono::ceil<std::chrono::milliseconds>(too_early);
  full_at_ = next;
  return std::chrono::milliseconds(0);
}

std::optional<int> CountedRows::Take(CallBucket::Clock::time_point now) {
  if (bucket_.Take(now).count() == 0) return without_.exchange(0);
  ++without_;
  return std::nullopt;
}

}  // namespace madoguchi::identity
