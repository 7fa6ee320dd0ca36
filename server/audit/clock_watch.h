// SPDX-License-Identifier: Apache-2.0
// ClockWatch: says in the trail whether this machine's clock is kept by a time service: at the start, and whenever that
// changes. Every row carries the state besides; these rows say since when. Thread: one. `trail` outlives it.
#pragma once
#include <chrono>
#include <functional>
#include <string>

#include "server/audit/clock_state.h"
#include "server/audit/trail.h"

namespace madoguchi::audit {

inline constexpr std::chrono::seconds kClockLookedAtEvery{60};

class ClockWatch {
 public:
  using Look = std::function<std::string_view()>;
  explicit ClockWatch(Trail& trail, Look look = &ClockState) : trail_(trail), look_(std::move(look)) {}
  // What could not be recorded is recorded by the next call. Errors: those of Trail::RecordEvent.
  Result<void> Round(Deadline deadline);

 private:
  Trail& trail_;
  const Look look_;
  std::string recorded_;  // empty: none yet
};

}  // namespace madoguchi::audit
