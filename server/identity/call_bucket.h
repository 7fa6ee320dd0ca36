// SPDX-License-Identifier: Apache-2.0
// CallBucket: how many calls a whole listener takes: a burst, then one each so often. CountedRows: the same for rows of
// the trail, and none is lost: the next row says how many had none. Pure but for their own counts; the time is given.
// Thread: any.
#pragma once
#include <atomic>
#include <chrono>
#include <mutex>
#include <optional>

namespace madoguchi::identity {

class CallBucket {
 public:
  using Clock = std::chrono::steady_clock;
  CallBucket(std::chrono::milliseconds every, int burst, Clock::time_point now)
      : every_(every), burst_(burst), full_at_(now) {}
  // Zero: taken. Else how long to wait before it may be asked again.
  std::chrono::milliseconds Take(Clock::time_point now);

 private:
  const std::chrono::milliseconds every_;
  const int burst_;
  std::mutex mutex_;
  Clock::time_point full_at_;  // when the bucket is full again; guarded by mutex_
};

class CountedRows {
 public:
  CountedRows(std::chrono::milliseconds every, int burst, CallBucket::Clock::time_point now)
      : bucket_(every, burst, now) {}
  // A row may be written: how many had none since the one before. Nothing: this one has none.
  std::optional<int> Take(CallBucket::Clock::time_point now);

 private:
  CallBucket bucket_;
  std::atomic<int> without_{0};
};

}  // namespace madoguchi::identity
