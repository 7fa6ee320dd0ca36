// SPDX-License-Identifier: Apache-2.0
// OpenPresses: how many presses are being worked on, and the wait for the last of them when the server stops. Thread:
// any.
#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>

#include "contract/deadline.h"

namespace madoguchi::desk {

class OpenPresses {
 public:
  // The press counts from now until the last copy of what is returned is gone. This outlives them all.
  [[nodiscard]] std::shared_ptr<void> Open() {
    const std::lock_guard lock(mutex_);
    ++count_;
    return {static_cast<void*>(this), [this](void*) { Ended(); }};
  }
  // False: some were still open at the deadline.
  bool WaitForNone(Deadline deadline) {
    std::unique_lock lock(mutex_);
    return none_.wait_until(lock, deadline.at(), [this] { return count_ == 0; });
  }

 private:
  void Ended() {
    const std::lock_guard lock(mutex_);
    if (--count_ == 0) none_.notify_all();
  }
  std::mutex mutex_;
  std::condition_variable none_;
  std::size_t count_ = 0;  // guarded by mutex_
};

}  // namespace madoguchi::desk
