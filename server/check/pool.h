// SPDX-License-Identifier: Apache-2.0
// CheckPool: a fixed number of threads, each runs one check at a time in a straight line. Overflow is refused at once.
// Thread: TryPost from any thread, never blocks. Stop joins; jobs already queued still run.
#pragma once
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace madoguchi::check {

inline constexpr std::size_t kWorkersDefault = 64;
inline constexpr std::size_t kWorkersMax = 1024;
inline constexpr std::size_t kQueueDefault = 128;
inline constexpr std::size_t kQueueMax = 4096;

class CheckPool {
 public:
  CheckPool(std::size_t workers, std::size_t queue_size_max);
  ~CheckPool();
  CheckPool(const CheckPool&) = delete;
  CheckPool& operator=(const CheckPool&) = delete;
  // False: full or stopping; the press is answered SERVER_BUSY.
  [[nodiscard]] bool TryPost(std::function<void()> job);
  void Stop();

 private:
  void Work();
  const std::size_t queue_size_max_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::function<void()>> queue_;  // guarded by mutex_
  bool stopping_ = false;                    // guarded by mutex_
  std::vector<std::thread> workers_;
};

}  // namespace madoguchi::check
