// SPDX-License-Identifier: Apache-2.0
#include "server/audit/sink_follower.h"

#include <algorithm>
#include <utility>

#include "contract/log.h"

namespace madoguchi::audit {
namespace {

constexpr const char* kComponent = "audit";

}  // namespace

SinkFollower::SinkFollower(SinkBook& book, Sink& sink, std::function<void()> failed)
    : book_(book), sink_(sink), failed_(std::move(failed)), thread_([this] { Run(); }) {}

SinkFollower::~SinkFollower() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_all();
  sink_.Interrupt();
  thread_.join();
}

void SinkFollower::Run() {
  std::chrono::milliseconds pause{0};
  bool in_trouble = false;
  while (Wait(pause)) {
    const Result<Went> went = Round();
    if (went) {
      if (*went != Went::kNothing && std::exchange(in_trouble, false)) log::Info(kComponent, "sink_goes_on");
      pause = *went == Went::kMore ? std::chrono::milliseconds(0) : kSinkLookEvery;
    } else {
      const bool first = !std::exchange(in_trouble, true);
      if (first) log::Report(kComponent, "sink_behind", went.error());
      book_.Release();
      pause = first ? kSinkPauseLeast : std::min(pause * 2, kSinkPauseMost);
    }
  }
  book_.Release();
}

Result<SinkFollower::Went> SinkFollower::Round() {
  TRY_ASSIGN(const bool held, book_.Hold());
  if (!held) return Went::kNothing;
  TRY_ASSIGN(const SinkBatch batch, book_.Next());
  if (batch.empty()) return Went::kDone;
  Result<void> taken = sink_.Take(batch);
  if (!taken && !Wait({})) return Went::kNothing;  // interrupted
  if (!taken) {
    failed_();
    const Result<void> noted = book_.Failed(taken.error().code);
    if (!noted) log::Report(kComponent, "sink_trouble_not_noted", noted.error());
    return std::move(taken).error();
  }
  TRY_VOID(book_.Taken(batch));
  return batch.next - batch.first == kSinkRowsMax ? Went::kMore : Went::kDone;
}

bool SinkFollower::Wait(std::chrono::milliseconds pause) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, pause, [this] { return ending_; });
  return !ending_;
}

}  // namespace madoguchi::audit
