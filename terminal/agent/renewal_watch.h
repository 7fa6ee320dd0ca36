// SPDX-License-Identifier: Apache-2.0
// RenewalWatch: renews the certificate of this desk at two thirds of its life while a program runs, on a thread of its
// own that sleeps until then. A failure is tried again; the person at the desk is not disturbed: there is a third of
// the life left. Thread: made and ended by one; `renewed` is called on its thread.
#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "contract/result.h"

namespace madoguchi::agent {

inline constexpr std::chrono::hours kRenewAgainAfter{1};  // a failure; also the longest sleep, so that a clock may jump

class RenewalWatch {
 public:
  RenewalWatch(std::string server, std::string directory, std::function<void()> renewed);
  // Waits for a renewal that is under way: at most identity::kDeskCallWithin, and for an activation before it.
  ~RenewalWatch();
  RenewalWatch(const RenewalWatch&) = delete;
  RenewalWatch& operator=(const RenewalWatch&) = delete;

 private:
  void Run();
  Result<bool> RenewWhenDue();

  const std::string server_, directory_;
  const std::function<void()> renewed_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace madoguchi::agent
