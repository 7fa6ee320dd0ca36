// SPDX-License-Identifier: Apache-2.0
// OpenPresses: how many presses are being worked on, and the wait for the last of them when the server stops. Thread:
// any.
#pragma once
#include <condition_variable>
#include <mutex>

#include "contract/deadline.h"

namespace madoguchi::desk {

class OpenPresses {
 public:
  void Began() {
    const std::lock_guard lock(mutex_);
    ++count_;
  }
  void Ended() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) none_.notify_all();
  }
  // False: some were still open at the deadline.
  bool WaitForNone(Deadline deadline) {
    std::unique_lock lock(mutex_);
    return none_.wait_until(lock, deadline.at(), [this] { return count_ == 0; });
  }

 private:
  std::mutex mutex_;
  std::condition_variable none_;
  std::size_t count_ = 0;  // guarded by mutex_
};

}  // namespace madoguchi::desk
