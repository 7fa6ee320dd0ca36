// SPDX-License-Identifier: Apache-2.0
// CallBucket: how many calls a whole listener takes: a burst, then so many a second. Pure but for its own count; the
// time is given. Thread: any.
#pragma once
#include <chrono>
#include <mutex>

namespace madoguchi::identity {

class CallBucket {
 public:
  using Clock = std::chrono::steady_clock;
  CallBucket(int per_second, int burst, Clock::time_point now)
      : per_second_(per_second), burst_(burst), full_at_(now) {}
  // Zero: taken. Else how long to wait before it may be asked again.
  std::chrono::milliseconds Take(Clock::time_point now);

 private:
  const int per_second_, burst_;
  std::mutex mutex_;
  Clock::time_point full_at_;  // when the bucket is full again; guarded by mutex_
};

}  // namespace madoguchi::identity
