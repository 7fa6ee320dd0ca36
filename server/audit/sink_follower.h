// SPDX-License-Identifier: Apache-2.0
// SinkFollower: one thread that brings the rows of the tree to the sink, batch after batch. Nobody waits for it. One
// server does it at a time; one whose sink fails lets go, so that another may try, and tries again after pauses that
// double up to kSinkPauseMost. A failure is in the log once, and once more when it is over.
// Thread: made and ended on one. Ownership: book and sink outlive it.
#pragma once
#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "server/audit/sink.h"

namespace madoguchi::audit {

inline constexpr std::chrono::milliseconds kSinkLookEvery{2'000};  // while nothing waits, or another server has it
inline constexpr std::chrono::milliseconds kSinkPauseLeast{1'000};
inline constexpr std::chrono::milliseconds kSinkPauseMost{30'000};

class SinkFollower {
 public:
  // failed: called on the follower's thread after each failure of the sink; does not wait.
  SinkFollower(SinkBook& book, Sink& sink, std::function<void()> failed);
  // Interrupts the sink and waits for the thread.
  ~SinkFollower();
  SinkFollower(const SinkFollower&) = delete;
  SinkFollower& operator=(const SinkFollower&) = delete;

 private:
  // kNothing: another server has the sink, or this ends: how the sink is, is not known.
  enum class Went { kNothing, kDone, kMore };
  void Run();
  Result<Went> Round();
  bool Wait(std::chrono::milliseconds pause);  // false: this ends

  SinkBook& book_;
  Sink& sink_;
  const std::function<void()> failed_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool ending_ = false;  // guarded by mutex_
  std::thread thread_;   // last: it uses what stands above
};

}  // namespace madoguchi::audit
