// SPDX-License-Identifier: Apache-2.0
// Courier: carries the kept results of one channel to their receiver, from the rows, never in a check's way. What the
// receiver refuses is stopped until an administrator retries it; what may succeed later is tried again after 1 s,
// doubling to 5 min, with jitter, until the row expires. A result that left but whose row could not be ended (the
// database went, the server was killed) leaves once more, under the same name, with the same bytes and the same row id:
// receivers tell it apart by these. Thread: Tick from one thread per channel and process; several processes may Tick at
// once. Ownership: all given outlives it. Errors: those of the database; a delivery's own error ends in its row, the
// log and `Counted`.
#pragma once
#include <chrono>
#include <functional>
#include <string>

#include "server/handoff/handing.h"
#include "server/handoff/kept_book.h"
#include "server/handoff/row_keys.h"

namespace madoguchi::handoff {

inline constexpr std::chrono::milliseconds kPauseFirst{1'000};
inline constexpr std::chrono::milliseconds kPauseMost{300'000};
inline constexpr std::chrono::seconds kAttemptMax{20};  // less than kLease
inline constexpr std::chrono::milliseconds kCourierEvery{1'000};

// Doubled after each attempt from kPauseFirst to kPauseMost, then between three quarters and five quarters of it.
// chance: 0 to 1.
std::chrono::milliseconds PauseAfter(int attempts, double chance);

// How one channel delivers. The error's kind decides what follows: retryable is tried again, everything else is
// stopped.
using Deliver = std::function<Result<Delivery>(const DueRow& row, const Handing& handing, Deadline deadline)>;
// What is counted (telemetry). code: 0 delivered, else the ErrorCode of the attempt.
using Counted = std::function<void(const std::string& channel, int code)>;

class Courier {
 public:
  Courier(std::string channel, KeptBook& book, const RowKeys& keys, Deliver deliver, Counted counted)
      : channel_(std::move(channel)),
        book_(book),
        keys_(keys),
        deliver_(std::move(deliver)),
        counted_(std::move(counted)) {}
  // What is due, at most kRowsPerRound. → true: nothing more is due now.
  Result<bool> Tick(Deadline deadline);

 private:
  Result<Delivery> Attempt(const DueRow& row, Deadline deadline) const;
  Result<void> Carry(const DueRow& row, Deadline deadline);
  const std::string channel_;
  KeptBook& book_;
  const RowKeys& keys_;
  const Deliver deliver_;
  const Counted counted_;
};

}  // namespace madoguchi::handoff
