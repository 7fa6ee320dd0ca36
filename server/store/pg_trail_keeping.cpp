// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_trail_keeping.h"

#include "server/audit/event.h"
#include "server/store/console_statements.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

using console::HoldFacts;
using console::PartitionFacts;

constexpr char kTimeFormat[] = R"(YYYY-MM-DD"T"HH24:MI:SS"Z")";

// reltuples is -1 until the partition was first analysed.
constexpr char kPartitions[] = R"(
  SELECT partition::text AS name, coalesce(to_char(from_at AT TIME ZONE 'UTC', $1), '') AS from_at,
         to_char(until_at AT TIME ZONE 'UTC', $1) AS until_at,
         CASE WHEN from_at > now() THEN 'ahead' WHEN until_at > now() THEN 'growing' WHEN hold.number IS NOT NULL THEN 'held'
              WHEN retirable_from > now() THEN 'kept' ELSE 'retirable' END AS state,
         greatest(reltuples, 0)::bigint AS rows, pg_total_relation_size(partition) AS bytes,
         to_char(retirable_from AT TIME ZONE 'UTC', $1) AS retirable_from, coalesce(hold.number, 0) AS hold,
         '' AS retired_by, '' AS retired_at, '' AS reason, '' AS leaves, until_at AS place
  FROM trail_partitions() JOIN pg_class ON pg_class.oid = partition
       CROSS JOIN LATERAL (SELECT (until_at AT TIME ZONE 'Asia/Tokyo' + make_interval(years => $2)) AT TIME ZONE 'Asia/Tokyo' AS retirable_from) AS age
       LEFT JOIN LATERAL (SELECT min(number) AS number FROM trail_hold WHERE lifted_at IS NULL AND trail_hold.from_at < trail_partitions.until_at
                          AND trail_hold.until_at > coalesce(trail_partitions.from_at, '-infinity')) AS hold ON true
  UNION ALL
  SELECT partition, coalesce(to_char(from_at AT TIME ZONE 'UTC', $1), ''), to_char(until_at AT TIME ZONE 'UTC', $1), 'retired', rows, 0, '', 0,
         retired_by, to_char(retired_at AT TIME ZONE 'UTC', $1), reason,
         coalesce((SELECT string_agg(lower(leaves) || '-' || upper(leaves) - 1, ',' ORDER BY lower(leaves)) FROM unnest(leaves) AS leaves), ''),
         until_at
  FROM trail_tombstone
  ORDER BY place LIMIT $3)";

constexpr char kHolds[] = R"(
  SELECT number, to_char(from_at AT TIME ZONE 'UTC', $1) AS from_at, to_char(until_at AT TIME ZONE 'UTC', $1) AS until_at, reason, placed_by,
         to_char(placed_at AT TIME ZONE 'UTC', $1) AS placed_at, coalesce(lifted_by, '') AS lifted_by,
         coalesce(to_char(lifted_at AT TIME ZONE 'UTC', $1), '') AS lifted_at
  FROM trail_hold ORDER BY trail_hold.lifted_at IS NOT NULL, number DESC LIMIT $2)";

constexpr char kOneAtATime[] = "SELECT pg_advisory_xact_lock(hashtext('madoguchi.trail_holds'))";
constexpr char kStanding[] = "SELECT count(*) FROM trail_hold WHERE lifted_at IS NULL";
constexpr char kPlace[] = R"(
  INSERT INTO trail_hold (from_at, until_at, reason, placed_by)
  SELECT $1::timestamptz, $2::timestamptz, $3, $4 WHERE $1::timestamptz < $2::timestamptz RETURNING number)";
constexpr char kLift[] =
    "UPDATE trail_hold SET lifted_by = $2, lifted_at = clock_timestamp() WHERE number = $1 AND lifted_at IS NULL";

PartitionFacts PartitionOf(const pqxx::row& row) {
  PartitionFacts facts;
  facts.name = row["name"].c_str();
  facts.from = row["from_at"].c_str();
  facts.until = row["until_at"].c_str();
  facts.state = row["state"].c_str();
  facts.rows = row["rows"].as<std::int64_t>();
  facts.bytes = row["bytes"].as<std::int64_t>();
  facts.retirable_from = row["retirable_from"].c_str();
  facts.hold = row["hold"].as<std::int64_t>();
  facts.retired_by = row["retired_by"].c_str();
  facts.retired_at = row["retired_at"].c_str();
  facts.reason = row["reason"].c_str();
  facts.leaves = row["leaves"].c_str();
  return facts;
}

HoldFacts HoldOf(const pqxx::row& row) {
  return {
      row["number"].as<std::int64_t>(), row["from_at"].c_str(),   row["until_at"].c_str(),  row["reason"].c_str(),
      row["placed_by"].c_str(),         row["placed_at"].c_str(), row["lifted_by"].c_str(), row["lifted_at"].c_str()};
}

}  // namespace

Result<std::vector<PartitionFacts>> PgTrailKeeping::Partitions(int retention_years, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<PartitionFacts>> {
    std::vector<PartitionFacts> partitions;
    for (const pqxx::row& row :
         transaction.exec_params(kPartitions, kTimeFormat, retention_years, console::kPartitionsListed))
      partitions.push_back(PartitionOf(row));
    return partitions;
  });
}

Result<std::vector<HoldFacts>> PgTrailKeeping::Holds(Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<HoldFacts>> {
    std::vector<HoldFacts> holds;
    for (const pqxx::row& row : transaction.exec_params(kHolds, kTimeFormat, console::kHoldsListed))
      holds.push_back(HoldOf(row));
    return holds;
  });
}

Result<std::int64_t> PgTrailKeeping::PlaceHold(const console::NewHold& hold, const std::string& by, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::int64_t> {
    transaction.exec(kOneAtATime);
    if (transaction.exec(kStanding)[0][0].as<int>() >= console::kHoldsStandingMax)
      return Error{ErrorCode::kServerBusy, "as many holds as there may be", {}};
    const pqxx::result placed = transaction.exec_params(kPlace, hold.from, hold.until, hold.reason, by);
    if (placed.empty()) return Error{ErrorCode::kFieldInvalid, "until", {}};
    const auto number = placed[0][0].as<std::int64_t>();
    WriteEvent(transaction,
               ConsoleEvent(audit::action::kAuditHoldPlaced, by,
                            "hold=" + std::to_string(number) + " from=" + hold.from + " until=" + hold.until),
               owner_);
    return number;
  });
}

Result<void> PgTrailKeeping::LiftHold(std::int64_t number, const std::string& by, const account::Approval& approval,
                                      Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    TRY_VOID(UseApproval(transaction, approval, owner_));
    if (transaction.exec_params(kLift, number, by).affected_rows() == 0)
      return Error{ErrorCode::kHoldUnknown, "hold " + std::to_string(number), {}};
    WriteEvent(transaction, ConsoleEvent(audit::action::kAuditHoldLifted, by, "hold=" + std::to_string(number)),
               owner_);
    return {};
  });
}

}  // namespace madoguchi::store
