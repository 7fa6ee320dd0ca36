// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/circuit_breaker.h"

#include <algorithm>

namespace madoguchi::eligibility {

bool CircuitBreaker::IsPaused(Time now) const {
  const std::lock_guard lock(mutex_);
  return state_ == State::kHalfOpen || (state_ == State::kOpen && now < open_until_);
}

bool CircuitBreaker::Admit(Time now) {
  const std::lock_guard lock(mutex_);
  if (state_ == State::kClosed) return true;
  if (state_ == State::kHalfOpen || now < open_until_) return false;
  Become(State::kHalfOpen);
  return true;
}

void CircuitBreaker::Reached() {
  const std::lock_guard lock(mutex_);
  failures_ = 0;
  open_for_ = open_first_;
  if (state_ != State::kClosed) Become(State::kClosed);
}

void CircuitBreaker::Failed(Time now) {
  const std::lock_guard lock(mutex_);
  if (state_ == State::kOpen) return;  // went out before the others failed
  if (state_ == State::kHalfOpen) {
    open_for_ = std::min<std::chrono::milliseconds>(2 * open_for_,
                                                    std::max<std::chrono::milliseconds>(kBreakerOpenMost, open_first_));
    return Open(now);
  }
  if (++failures_ >= kBreakerFailures) Open(now);
}

void CircuitBreaker::NotTried(Time now) {
  const std::lock_guard lock(mutex_);
  if (state_ != State::kHalfOpen) return;
  open_until_ = now;  // the next one is the probe
  Become(State::kOpen);
}

CircuitBreaker::State CircuitBreaker::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

void CircuitBreaker::Open(Time now) {
  failures_ = 0;
  open_until_ = now + open_for_;
  Become(State::kOpen);
}

void CircuitBreaker::Become(State state) {
  state_ = state;
  if (changed_) changed_(state);
}

}  // namespace madoguchi::eligibility
