// SPDX-License-Identifier: Apache-2.0
// CircuitBreaker: stops asking a service that cannot be reached, so that desks hear it at once and the service can come
// back.
//
//   closed ──kBreakerFailures calls in a row failed──▶ open ──its time is over──▶ half open: one call goes out as a
//   probe
//     ▲                                                 ▲ └──────────────────────────┬────────────┘
//     └── anything was reached ─────────────────────────┼────────── probe failed: twice as long, up to kBreakerOpenMost
//
// A call is one with all its attempts. Calls that are out already are not touched. Thread: any; the clock is given.
#pragma once
#include <chrono>
#include <functional>
#include <mutex>

#include "contract/deadline.h"

namespace madoguchi::eligibility {

inline constexpr int kBreakerFailures = 5;
inline constexpr std::chrono::seconds kBreakerOpenFirst{15};
inline constexpr std::chrono::seconds kBreakerOpenMost{60};

class CircuitBreaker {
 public:
  using Time = Deadline::Clock::time_point;
  enum class State { kClosed = 0, kHalfOpen = 1, kOpen = 2 };

  // changed: told of each new state, under the lock; may be empty.
  explicit CircuitBreaker(std::function<void(State)> changed = {},
                          std::chrono::milliseconds open_first = kBreakerOpenFirst)
      : changed_(std::move(changed)), open_first_(open_first), open_for_(open_first) {}
  // Whether a call would be stopped now; takes no probe.
  bool IsPaused(Time now) const;
  // Whether this call may go out; the first one after the time of an open breaker is the probe. Whoever was let go says
  // Reached, Failed or NotTried.
  bool Admit(Time now);
  void Reached();
  void Failed(Time now);
  void NotTried(Time now);  // nothing came of it either way
  State state() const;

 private:
  void Become(State state);
  void Open(Time now);
  const std::function<void(State)> changed_;
  const std::chrono::milliseconds open_first_;
  mutable std::mutex mutex_;
  State state_ = State::kClosed;  // guarded by mutex_, like all below
  int failures_ = 0;              // in a row, while closed
  std::chrono::milliseconds open_for_;
  Time open_until_{};
};

}  // namespace madoguchi::eligibility
