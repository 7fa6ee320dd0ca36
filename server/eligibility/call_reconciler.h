// SPDX-License-Identifier: Apache-2.0
// CallReconciler: asks the national side what became of checks and inquiries whose outcome is unknown, and writes it
// down. It never asks the question itself again. Thread: Tick from one thread per process; several processes may Tick
// at once; End from any. Ownership: the book and what `ask` uses outlive it. Errors: 17xx.
#pragma once
#include <atomic>
#include <functional>

#include "server/eligibility/call_book.h"

namespace madoguchi::eligibility {

inline constexpr std::chrono::seconds kReconcileRoundEvery{10};
inline constexpr std::chrono::milliseconds kReconcileAskWithin{5000};

class CallReconciler {
 public:
  using Ask = std::function<Result<Became>(const UnknownCall& call, Deadline deadline)>;
  CallReconciler(CallBook& book, Ask ask) : book_(book), ask_(std::move(ask)) {}
  // One round: ends the rows of servers that died, asks about what is due. True: nothing more is due now.
  Result<bool> Tick(Deadline deadline);
  // Nothing further is asked; what is being asked ends within kReconcileAskWithin.
  void End() { ending_ = true; }

 private:
  CallBook& book_;
  const Ask ask_;
  std::atomic<bool> ending_{false};
};

}  // namespace madoguchi::eligibility
