// SPDX-License-Identifier: Apache-2.0
// Repeated: a thread of its own that does one piece of work again and again: at once, then `every` after each end. For
// work that others must not wait for: undoing, repeating, reminding. Wake() does it now. The destructor waits for the
// piece that is running, not for the pause. Thread: construction, Wake and destruction from any. The work reports its
// own failures.
#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace madoguchi::account {

class Repeated {
 public:
  Repeated(std::chrono::milliseconds every, std::function<void()> work);
  ~Repeated();
  Repeated(const Repeated&) = delete;
  Repeated& operator=(const Repeated&) = delete;
  void Wake();

 private:
  void Run();
  const std::chrono::milliseconds every_;
  const std::function<void()> work_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false, woken_ = false;  // guarded by mutex_
  std::thread thread_;                     // last: it uses all of the above
};

}  // namespace madoguchi::account
