// SPDX-License-Identifier: Apache-2.0
#include "server/identity/call_bucket.h"

#include <algorithm>

namespace madoguchi::identity {

std::chrono::milliseconds CallBucket::Take(Clock::time_point now) {
  const Clock::duration one = Clock::duration(std::chrono::seconds(1)) / per_second_;
  const std::lock_guard lock(mutex_);
  const Clock::time_point next = std::max(full_at_, now) + one;
  const Clock::duration too_early = next - now - one * burst_;
  if (too_early > Clock::duration::zero()) return std::chrono::ceil<std::chrono::milliseconds>(too_early);
  full_at_ = next;
  return std::chrono::milliseconds(0);
}

}  // namespace madoguchi::identity
