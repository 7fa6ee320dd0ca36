// SPDX-License-Identifier: Apache-2.0
#include "terminal/link/backoff.h"

#include <algorithm>

namespace madoguchi::link {

std::chrono::milliseconds Backoff::Next(std::uint32_t random) {
  const auto half = interval_ / 2;
  const auto picked = half + std::chrono::milliseconds(static_cast<std::int64_t>(random) % (half.count() + 1));
  interval_ = std::min(interval_ * 2, kReconnectMax);
  return picked;
}

}  // namespace madoguchi::link
