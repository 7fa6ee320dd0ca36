// SPDX-License-Identifier: Apache-2.0
// Rounds: one thread that does one thing again and again: right away, then after each pause, or at once when it is
// woken. Ends within the round it is in; a round has a deadline of its own. Thread: Wake from any; made and ended by
// one.
#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace madoguchi::account {

class Rounds {
 public:
  // round: false when there may be more to do at once. pause: between rounds that found nothing more.
  Rounds(std::chrono::milliseconds pause, std::function<bool()> round);
  ~Rounds();
  Rounds(const Rounds&) = delete;
  Rounds& operator=(const Rounds&) = delete;
  void Wake();
  // No further round begins; the destructor waits for the one that runs.
  void End();

 private:
  void Run();
  const std::chrono::milliseconds pause_;
  const std::function<bool()> round_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool woken_ = false, ending_ = false;  // guarded by mutex_
  std::thread thread_;                   // last: it uses what stands above
};

}  // namespace madoguchi::account
