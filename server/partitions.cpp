// SPDX-License-Identifier: Apache-2.0
#include "server/partitions.h"

#include "contract/log.h"

namespace madoguchi::app {

Result<void> MakePartitions(store::Store& store, telemetry::Metrics& metrics, std::chrono::seconds within) {
  const Result<int> made = store.MakePartitionsAhead(within);
  if (!made.ok()) log::Report("app", "partitions_not_made", made.error());
  if (made.ok() && *made > 0) log::Info("app", "partitions_made", {{"count", *made}});
  TRY_ASSIGN(const auto until, store.PartitionsUntil(Deadline::In(kPartitionsLookWithin)));
  metrics.TrailPartitionsUntil(until);
  const auto left = std::chrono::duration_cast<std::chrono::days>(until - std::chrono::system_clock::now());
  if (until == std::chrono::system_clock::time_point())
    return Error{ErrorCode::kTrailUnavailable, "there is no partition of the trail for this month", {}};
  if (left < kPartitionsFewerThan) log::Warning("app", "partitions_run_out", {{"days_left", left.count()}});
  return {};
}

}  // namespace madoguchi::app
