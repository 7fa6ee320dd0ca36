// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/fair_gate.h"

#include <algorithm>

namespace madoguchi::eligibility {

Result<FairGate::Pass> FairGate::Enter(const std::string& desk_id, Deadline deadline) {
  std::unique_lock lock(mutex_);
  if (out_ < at_once_) {  // then nobody waits: whoever leaves hands on to a waiter first
    ++out_;
    return Pass(*this);
  }
  if (waiting_ >= kCallsWaitingMax)
    return Error{ErrorCode::kServerBusy, "too many calls wait for the national service", {}};
  Waiter waiter;
  std::deque<Waiter*>& mine = by_desk_[desk_id];
  if (mine.empty()) turn_.push_back(desk_id);
  mine.push_back(&waiter);
  ++waiting_;
  if (waiter.changed.wait_until(lock, deadline.at(), [&waiter] { return waiter.may_go; })) return Pass(*this);
  StepBack(desk_id, &waiter);
  return Error{ErrorCode::kServerBusy, "the calls of others took all the time", {}};
}

void FairGate::Leave() {
  const std::lock_guard lock(mutex_);
  if (turn_.empty()) {
    --out_;
    return;
  }
  const std::string desk_id = std::move(turn_.front());
  turn_.pop_front();
  const auto found = by_desk_.find(desk_id);
  Waiter* const next = found->second.front();
  found->second.pop_front();
  if (found->second.empty()) {
    by_desk_.erase(found);
  } else {
    turn_.push_back(desk_id);
  }
  --waiting_;
  next->may_go = true;
  next->changed.notify_one();
}

void FairGate::StepBack(const std::string& desk_id, const Waiter* waiter) {
  const auto found = by_desk_.find(desk_id);
  std::erase(found->second, waiter);
  if (found->second.empty()) {
    by_desk_.erase(found);
    turn_.remove(desk_id);
  }
  --waiting_;
}

std::size_t FairGate::waiting() const {
  const std::lock_guard lock(mutex_);
  return waiting_;
}

}  // namespace madoguchi::eligibility
