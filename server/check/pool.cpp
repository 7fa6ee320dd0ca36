// SPDX-License-Identifier: Apache-2.0
#include "server/check/pool.h"

#include <algorithm>
#include <utility>

namespace madoguchi::check {

CheckPool::CheckPool(std::size_t workers, std::size_t queue_size_max)
    : queue_size_max_(std::min(queue_size_max, kQueueMax)) {
  for (std::size_t i = 0; i < std::clamp<std::size_t>(workers, 1, kWorkersMax); ++i) {
    workers_.emplace_back([this] { Work(); });
  }
}

CheckPool::~CheckPool() {
  Stop();
}

bool CheckPool::TryPost(std::function<void()> job) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= queue_size_max_) return false;
    queue_.push_back(std::move(job));
  }
  wake_.notify_one();
  return true;
}

void CheckPool::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& worker : workers_) {
    if (worker.joinable()) worker.join();
  }
}

void CheckPool::Work() {
  for (;;) {
    std::function<void()> job;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      job = std::move(queue_.front());
      queue_.pop_front();
    }
    job();
  }
}

}  // namespace madoguchi::check
