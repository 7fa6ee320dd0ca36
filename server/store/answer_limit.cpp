// SPDX-License-Identifier: Apache-2.0
#include "server/store/answer_limit.h"

#include <sys/socket.h>

#include <algorithm>

#include "contract/log.h"

namespace madoguchi::store {

AnswerLimit::AnswerLimit(std::chrono::milliseconds answer_time_max)
    : answer_time_max_(answer_time_max), thread_([this] { Work(); }) {}

AnswerLimit::~AnswerLimit() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

AnswerLimit::Watch::Watch(AnswerLimit* limit, int socket) : limit_(limit) {
  if (limit_ == nullptr) return;
  const std::lock_guard lock(limit_->mutex_);
  // Every time is equally long, so the end of the list is where it belongs.
  place_ = limit_->watched_.insert(limit_->watched_.end(), {Deadline::In(limit_->answer_time_max_), socket});
  if (!limit_->is_planned_) limit_->wake_.notify_one();
}

AnswerLimit::Watch::~Watch() {
  if (limit_ == nullptr) return;
  const std::lock_guard lock(limit_->mutex_);
  limit_->watched_.erase(place_);
}

void AnswerLimit::Work() {
  std::unique_lock lock(mutex_);
  const auto first = [this] {
    return std::find_if(watched_.begin(), watched_.end(), [](const Watched& w) { return !w.is_over; });
  };
  while (!stopping_) {
    const auto next = first();
    if (next == watched_.end()) {
      wake_.wait(lock, [&] { return stopping_ || first() != watched_.end(); });
    } else if (!next->end.passed()) {
      // Most answers come long before: the thread sleeps through them instead of being woken for each.
      is_planned_ = true;
      wake_.wait_until(lock, next->end.at(), [this] { return stopping_; });
      is_planned_ = false;
    } else {
      shutdown(next->socket, SHUT_RDWR);
      next->is_over = true;
      log::Warning("store", "answer_overdue", {{"limit_ms", answer_time_max_.count()}});
    }
  }
}

}  // namespace madoguchi::store
