// SPDX-License-Identifier: Apache-2.0
// Deadline: a point on the steady clock that is passed down by value; every wait takes what is left of it.
#pragma once
#include <chrono>

namespace madoguchi {

class Deadline {
 public:
  using Clock = std::chrono::steady_clock;
  static Deadline In(std::chrono::milliseconds from_now) { return Deadline(Clock::now() + from_now); }
  explicit Deadline(Clock::time_point at) : at_(at) {}
  Clock::time_point at() const { return at_; }
  bool passed() const { return Clock::now() >= at_; }
  // Never negative.
  std::chrono::milliseconds remaining() const;
  // The earlier of this and `limit` from now.
  Deadline Capped(std::chrono::milliseconds limit) const;

 private:
  Clock::time_point at_;
};

// Elapsed microseconds since construction, for the phases of a check.
class Stopwatch {
 public:
  std::chrono::microseconds elapsed() const {
    return std::chrono::duration_cast<std::chrono::microseconds>(Deadline::Clock::now() - start_);
  }

 private:
  Deadline::Clock::time_point start_ = Deadline::Clock::now();
};

}  // namespace madoguchi
