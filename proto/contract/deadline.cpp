// SPDX-License-Identifier: Apache-2.0
#include "contract/deadline.h"

#include <algorithm>

namespace madoguchi {

std::chrono::milliseconds Deadline::remaining() const {
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(at_ - Clock::now());
  return std::max(left, std::chrono::milliseconds{0});
}

Deadline Deadline::Capped(std::chrono::milliseconds limit) const {
  return Deadline(std::min(at_, Clock::now() + limit));
}

}  // namespace madoguchi
