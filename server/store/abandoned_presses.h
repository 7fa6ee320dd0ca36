// SPDX-License-Identifier: Apache-2.0
// Presses that nobody will end: their server was killed, or their desk never came back. Each gets its outcome in the
// trail (CHECK_ABANDONED), so that every intent has one. Any server's rounds do this for all of them; a press that is
// still worked on is younger than kPressAbandonedAfter. Thread: any; blocks up to the deadline.
#pragma once
#include "server/store/pg_pool.h"

namespace madoguchi::store {

// Longer than a check (limits::kCheckDeadline) and the time in which a desk that lost its stream can go on with it.
inline constexpr std::chrono::seconds kPressAbandonedAfter{60};
inline constexpr int kAbandonedPerRound = 200;

// True: nothing more to end now.
Result<bool> EndAbandonedPresses(PgPool& pool, const std::string& owner, Deadline deadline);

}  // namespace madoguchi::store
