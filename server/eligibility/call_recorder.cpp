// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/call_recorder.h"

#include <algorithm>
#include <map>
#include <utility>

#include "contract/log.h"

namespace madoguchi::eligibility {
namespace {

constexpr const char* kComponent = "eligibility";

bool MayWorkLater(ErrorCode code) {
  return code == ErrorCode::kDatabaseUnreachable || code == ErrorCode::kDatabaseBusy ||
         code == ErrorCode::kDatabaseOutcomeInDoubt;
}

}  // namespace

CallRecorder::CallRecorder(CallBook& book, std::function<void(std::size_t)> lost, std::size_t waiting_max)
    : book_(book), lost_(std::move(lost)), waiting_max_(waiting_max), thread_([this] { Run(); }) {}

CallRecorder::~CallRecorder() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void CallRecorder::Add(CallRecord record) {
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= waiting_max_) return Lose(1, "too many wait");
    waiting_.push_back(std::move(record));
  }
  changed_.notify_all();
}

void CallRecorder::Run() {
  std::unique_lock lock(mutex_);
  for (;;) {
    changed_.wait(lock, [this] { return ending_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    std::vector<CallRecord> batch = TakeBatch();
    while (!batch.empty()) {
      const std::chrono::milliseconds within = ending_ ? kCallLastWriteWithin : kCallWriteWithin;
      lock.unlock();
      const Result<void> written = book_.Write(batch, Deadline::In(within));
      lock.lock();
      if (written) {
        if (std::exchange(in_trouble_, false))
          log::Info(kComponent, "calls_written_again", {{"left_out", std::exchange(left_out_, 0)}});
        break;
      }
      if (!std::exchange(in_trouble_, true)) log::Report(kComponent, "calls_not_written", written.error());
      if (ending_) return Lose(batch.size() + waiting_.size(), "the server ends");
      if (MayWorkLater(written.error().code)) {
        changed_.wait_until(lock, Deadline::In(kCallWritePause).at(), [this] { return ending_; });
      } else {
        Lose(batch.size(), "the book does not take them");
        batch.clear();
      }
    }
  }
}

// A beginning whose end is in the same batch says nothing that the end does not.
std::vector<CallRecord> CallRecorder::TakeBatch() {
  std::vector<CallRecord> batch;
  std::map<std::string, std::size_t> place;
  while (!waiting_.empty() && batch.size() < kCallRecordsPerWriteMax) {
    CallRecord& next = waiting_.front();
    const auto [found, is_new] = place.emplace(next.call_id, batch.size());
    if (is_new) {
      batch.push_back(std::move(next));
    } else {
      batch[found->second] = std::move(next);
    }
    waiting_.pop_front();
  }
  return batch;
}

void CallRecorder::Lose(std::size_t count, const char* why) {
  if (lost_) lost_(count);
  left_out_ += count;
  if (!std::exchange(in_trouble_, true) || ending_)
    log::Warning(kComponent, "calls_not_recorded", {{"count", count}, {"reason", why}});
}

}  // namespace madoguchi::eligibility
