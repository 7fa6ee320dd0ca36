// SPDX-License-Identifier: Apache-2.0
// Month partitions of the trail, made ahead by a serving process: before it takes a desk, and then every hour. What
// fails is logged and seen in the metric madoguchi_audit_partitions_until_seconds, a year before it matters. Thread:
// any.
#pragma once
#include "contract/result.h"
#include "server/store/store.h"
#include "server/telemetry/metrics.h"

namespace madoguchi::app {

inline constexpr std::chrono::hours kPartitionsEvery{1};
inline constexpr std::chrono::seconds kPartitionsAtStart{60}, kPartitionsWhileServing{10}, kPartitionsLookWithin{5};
inline constexpr std::chrono::days kPartitionsFewerThan{180};  // then the log says so every hour

// What cannot be made is no failure as long as there is a partition for now. TRAIL_UNAVAILABLE: there is none.
Result<void> MakePartitions(store::Store& store, telemetry::Metrics& metrics, std::chrono::seconds within);

}  // namespace madoguchi::app
