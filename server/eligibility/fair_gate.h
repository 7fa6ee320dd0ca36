// SPDX-License-Identifier: Apache-2.0
// FairGate: at most so many calls are out at once; those that wait go in turn by desk, so that one desk with many calls
// (a receipt computer's folder) cannot hold up the others. Thread: any; Enter waits up to its deadline. Ownership: the
// gate outlives every Pass.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <list>
#include <map>
#include <mutex>
#include <string>

#include "contract/deadline.h"
#include "contract/result.h"

namespace madoguchi::eligibility {

inline constexpr std::size_t kCallsAtOnceDefault = 32;
inline constexpr std::size_t kCallsWaitingMax = 256;

class FairGate {
 public:
  explicit FairGate(std::size_t at_once) : at_once_(at_once == 0 ? 1 : at_once) {}
  FairGate(const FairGate&) = delete;
  FairGate& operator=(const FairGate&) = delete;

  // The way through; given back at its end.
  class Pass {
   public:
    explicit Pass(FairGate& gate) : gate_(&gate) {}
    Pass(Pass&& other) noexcept : gate_(std::exchange(other.gate_, nullptr)) {}
    Pass& operator=(Pass&&) = delete;
    ~Pass() {
      if (gate_ != nullptr) gate_->Leave();
    }

   private:
    FairGate* gate_;
  };

  // SERVER_BUSY: too many wait already, or the deadline passed while waiting.
  Result<Pass> Enter(const std::string& desk_id, Deadline deadline);
  std::size_t waiting() const;

 private:
  struct Waiter {
    bool may_go = false;  // guarded by mutex_
    std::condition_variable changed;
  };
  void Leave();
  void StepBack(const std::string& desk_id, const Waiter* waiter);  // mutex_ is held

  const std::size_t at_once_;
  mutable std::mutex mutex_;
  std::size_t out_ = 0;  // guarded by mutex_, like all below
  std::size_t waiting_ = 0;
  std::map<std::string, std::deque<Waiter*>> by_desk_;  // those that wait, each desk's in the order they came
  std::list<std::string> turn_;                         // desks with somebody waiting; the first one goes next
};

}  // namespace madoguchi::eligibility
