// SPDX-License-Identifier: Apache-2.0
// Month partitions of the trail, made ahead: without one for now nothing could be recorded and no patient checked. The
// work is the database's (trail_partitions_ahead in migrations/0004_trail.sql); the server's role may only ask for it,
// as often as it likes: several servers wait for each other. Thread: any. Errors: DATABASE_….
#pragma once
#include <chrono>
#include <pqxx/pqxx>
#include <string>

#include "contract/result.h"

namespace madoguchi::store {

// On a connection of its own, for up to `within`: 14 partitions with their indexes take about a second. → how many
Result<int> MakePartitionsAhead(const std::string& server_url, std::chrono::seconds within);

// In the caller's transaction.
int MakePartitionsAhead(pqxx::work& transaction);
// The trail of the last days, as the values of `recorded_at > $n AND recorded_at < $n+1`, by the database's clock. As
// values, they are known before a plan is made: it then reaches one or two months. now() in the statement itself would
// plan for every partition and lock it with its indexes: 1,300 locks and 30 ms over five years, instead of 40 and 2.
// `days`: whole days back; one day ahead, for a clock that is set back meanwhile.
struct TrailSpan {
  std::string from, until;
};
TrailSpan LastDays(pqxx::work& transaction, int days);
// Until then every moment from now on has its partition. The beginning of 1970: not even now.
std::chrono::system_clock::time_point PartitionsUntil(pqxx::work& transaction);

}  // namespace madoguchi::store
