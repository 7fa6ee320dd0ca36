// SPDX-License-Identifier: Apache-2.0
#include "server/desk/silence_watch.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace madoguchi::desk {

SilenceWatch::SilenceWatch() : thread_([this] { Work(); }) {}

SilenceWatch::~SilenceWatch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

void SilenceWatch::Add(std::uint64_t number, std::chrono::milliseconds within, std::function<void()> late) {
  const std::lock_guard lock(mutex_);
  const auto until = Clock::now() + within;
  watched_[number] = {until, std::move(late)};
  WakeIfEarlier(until);
}

void SilenceWatch::Expect(std::uint64_t number, std::chrono::milliseconds within) {
  const std::lock_guard lock(mutex_);
  const auto found = watched_.find(number);
  if (found == watched_.end()) return;
  found->second.until = Clock::now() + within;
  WakeIfEarlier(found->second.until);
}

void SilenceWatch::Forget(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  watched_.erase(number);
}

void SilenceWatch::WakeIfEarlier(Clock::time_point until) {
  if (until < sleeps_until_) wake_.notify_one();
}

void SilenceWatch::Work() {
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    const auto now = Clock::now();
    std::vector<std::function<void()>> late;
    sleeps_until_ = Clock::time_point::max();
    for (auto& [number, watched] : watched_) {
      if (watched.until <= now) {
        late.push_back(watched.late);
        watched.until = Clock::time_point::max();  // said once; Expect arms it again
      } else {
        sleeps_until_ = std::min(sleeps_until_, watched.until);
      }
    }
    if (!late.empty()) {
      lock.unlock();
      for (const auto& call : late) call();
      late.clear();
      lock.lock();
    } else if (sleeps_until_ == Clock::time_point::max()) {
      wake_.wait(lock);
    } else {
      wake_.wait_until(lock, sleeps_until_);
    }
  }
}

}  // namespace madoguchi::desk
