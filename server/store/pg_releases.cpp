// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_releases.h"

#include "server/account/limits.h"
#include "server/audit/event.h"
#include "server/store/account_statements.h"
#include "server/store/array_literal.h"
#include "server/store/issued_accounts.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

using account::DueRelease;

// The last release or end of each account says from which desk.
constexpr char kDue[] = R"(
  SELECT account.account_id, account.institution_code::text, coalesce(step.desk_id::text, '') AS desk_id, step.step
  FROM device_account AS account
  JOIN LATERAL (SELECT step, desk_id FROM account_step AS step
                WHERE step.account_id = account.account_id AND event IN ('release', 'end') AND desk_id IS NOT NULL
                ORDER BY step DESC LIMIT 1) AS step ON true
  WHERE account.national_release_due AND (cardinality($1::text[]) = 0 OR account.account_id = ANY ($1::text[]))
  ORDER BY random() LIMIT $2::int)";
constexpr char kConfirmed[] = R"(
  UPDATE device_account SET national_release_due = false, national_bound = false
  WHERE account_id = $1 AND national_release_due
    AND $2::int = (SELECT max(step) FROM account_step
                   WHERE account_id = $1 AND event IN ('release', 'end') AND desk_id IS NOT NULL)
  RETURNING state)";

constexpr char kShorten[] = R"(
  UPDATE log_in_failure SET locked_until = clock_timestamp() + $1::int * interval '1 minute'
  WHERE locked_until > clock_timestamp() + $1::int * interval '1 minute')";
// Only a lock of which the trail knows has an end there.
constexpr char kEnded[] = R"(
  WITH ended AS (
    SELECT account_hash, source, announced, refused FROM log_in_failure WHERE locked_until <= clock_timestamp() ORDER BY locked_until
    LIMIT $1::int FOR UPDATE SKIP LOCKED
  )
  UPDATE log_in_failure AS failure SET announced = true, failures = 0, refused = 0, locked_until = NULL FROM ended
  WHERE failure.account_hash = ended.account_hash AND failure.source = ended.source
  RETURNING ended.announced AND ended.refused <= 1 AS told, ended.refused, failure.source, coalesce(failure.account_id, '') AS account_id,
    coalesce((SELECT institution_code::text FROM device_account AS account WHERE account.account_id = failure.account_id), '') AS institution_code)";
constexpr char kForgetUnknown[] = R"(
  DELETE FROM log_in_failure WHERE (account_hash, source) IN (
    SELECT account_hash, source FROM log_in_failure WHERE account_id IS NULL AND locked_until IS NULL
    ORDER BY last_at DESC OFFSET $1::int))";
constexpr char kIdle[] = R"(
  DELETE FROM operator_sign_in WHERE desk_id IN (
    SELECT desk_id FROM operator_sign_in WHERE last_used_at + idle_seconds * interval '1 second' <= clock_timestamp()
    LIMIT $1::int FOR UPDATE SKIP LOCKED)
  RETURNING desk_id, staff_code)";

}  // namespace

Result<std::vector<DueRelease>> PgReleases::Due(const std::vector<std::string>& account_ids, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<DueRelease>> {
    std::vector<DueRelease> due;
    for (const pqxx::row& row : transaction.exec_params(kDue, TextArray(account_ids), account::kReleasesAtOnceMax)) {
      due.push_back({row["institution_code"].as<std::string>(), row["account_id"].as<std::string>(),
                     row["desk_id"].as<std::string>(), row["step"].as<int>()});
    }
    return due;
  });
}

Result<void> PgReleases::Confirmed(const DueRelease& release, const account::IssuedForms* forms, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    const pqxx::result rows = transaction.exec_params(kConfirmed, release.account_id, release.step);
    if (rows.empty()) return {};
    if (forms != nullptr && rows[0][0].as<std::string>() == "issued") {
      TRY_VOID(StoreIssued(
          transaction, {release.institution_code, release.account_id, *forms, "", "national", "", "national", owner_}));
    }
    WriteEvent(transaction,
               {audit::action::kAccountNationalReleased,
                release.desk_id,
                {},
                0,
                "",
                release.account_id,
                release.institution_code,
                "national"},
               owner_);
    return {};
  });
}

Result<int> PgReleases::LookAtLocks(Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<int> {
    transaction.exec_params(kShorten, static_cast<int>(account::kLockedFor.count()));
    const pqxx::result ended = transaction.exec_params(kEnded, account::kUpkeepRowsMax);
    for (const pqxx::row& row : ended) {
      if (row["told"].as<bool>()) continue;
      WriteEvent(transaction,
                 {audit::action::kAccountLockEnded,
                  "",
                  {},
                  0,
                  LockDetail(row["source"].as<std::string>(), row["refused"].as<int>()),
                  row["account_id"].as<std::string>(),
                  row["institution_code"].as<std::string>(),
                  "server"},
                 owner_);
    }
    transaction.exec_params(kForgetUnknown, static_cast<int>(account::kFailureRowsMax));
    return static_cast<int>(ended.size());
  });
}

Result<int> PgReleases::EndIdleOperators(Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<int> {
    const pqxx::result ended = transaction.exec_params(kIdle, account::kUpkeepRowsMax);
    for (const pqxx::row& row : ended) {
      WriteEvent(transaction,
                 {audit::action::kAccountOperatorLocked,
                  row[0].as<std::string>(),
                  {},
                  0,
                  "idle",
                  "",
                  "",
                  "staff:" + row[1].as<std::string>()},
                 owner_);
    }
    return static_cast<int>(ended.size());
  });
}

}  // namespace madoguchi::store
