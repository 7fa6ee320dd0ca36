// SPDX-License-Identifier: Apache-2.0
// Backoff: how long to wait before the next try to reach the server, so that many desks do not come back in the same
// moment. Pure but for the caller's random numbers.
#pragma once
#include <chrono>
#include <cstdint>

namespace madoguchi::link {

inline constexpr std::chrono::milliseconds kReconnectFirst{500};
inline constexpr std::chrono::milliseconds kReconnectMax{30'000};

class Backoff {
 public:
  // Half to the full interval, picked by `random` (any 32 bits); then the interval doubles, up to kReconnectMax.
  std::chrono::milliseconds Next(std::uint32_t random);
  void Reset() { interval_ = kReconnectFirst; }

 private:
  std::chrono::milliseconds interval_ = kReconnectFirst;
};

}  // namespace madoguchi::link
