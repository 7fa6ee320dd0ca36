// SPDX-License-Identifier: Apache-2.0
// SilenceWatch: one thread that notices streams on which nothing came in time. It sleeps until the earliest moment that
// could matter: idle desks cost it a few wake-ups a minute altogether, whatever their number. Thread: any. `late` is
// called on the watch's thread, without its lock, at most once per Expect.
#pragma once
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace madoguchi::desk {

class SilenceWatch {
 public:
  using Clock = std::chrono::steady_clock;
  SilenceWatch();
  ~SilenceWatch();  // joins
  SilenceWatch(const SilenceWatch&) = delete;
  SilenceWatch& operator=(const SilenceWatch&) = delete;

  void Add(std::uint64_t number, std::chrono::milliseconds within, std::function<void()> late);
  // Something came: the next must come within this time. No effect after Forget.
  void Expect(std::uint64_t number, std::chrono::milliseconds within);
  void Forget(std::uint64_t number);

 private:
  struct Watched {
    Clock::time_point until;
    std::function<void()> late;
  };
  void Work();
  void WakeIfEarlier(Clock::time_point until);  // mutex_ held

  std::mutex mutex_;
  std::condition_variable wake_;
  std::unordered_map<std::uint64_t, Watched> watched_;         // guarded by mutex_
  Clock::time_point sleeps_until_ = Clock::time_point::max();  // guarded by mutex_
  bool stopping_ = false;                                      // guarded by mutex_
  std::thread thread_;
};

}  // namespace madoguchi::desk
