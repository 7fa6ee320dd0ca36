// SPDX-License-Identifier: Apache-2.0
// The part of PgKeptResults that an administrator sees and decides: the list, another attempt, the end of a row.
#include <algorithm>

#include "server/audit/event.h"
#include "server/store/array_literal.h"
#include "server/store/kept_statements.h"
#include "server/store/pg_kept_results.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

namespace action = audit::action;

constexpr char kListSql[] = R"(
  SELECT number, channel, state, kept.press_id, coalesce(desk.name, '') AS desk_name, institution_code, attempts, code,
         to_char(kept.created_at AT TIME ZONE 'UTC', $1) AS created_at,
         CASE WHEN state = 'waiting' THEN to_char(next_at AT TIME ZONE 'UTC', $1) ELSE '' END AS next_at,
         coalesce(to_char(ended_at AT TIME ZONE 'UTC', $1), '') AS ended_at, coalesce(file_name, '') AS file_name,
         coalesce(sha256, '') AS sha256
  FROM kept_result AS kept LEFT JOIN desk USING (desk_id)
  WHERE (cardinality($2::text[]) = 0 OR institution_code = ANY ($2::text[])) AND ($3 = '' OR channel = $3) AND ($4 = '' OR state = $4)
    AND ($5::bigint = 0 OR number < $5::bigint)
  ORDER BY number DESC LIMIT $6)";
constexpr char kTimeForm[] = R"(YYYY-MM-DD"T"HH24:MI:SS"Z")";

constexpr char kLookSql[] = R"(
  SELECT state, row_id, channel, press_id, desk_id, institution_code FROM kept_result
  WHERE number = $1 AND (cardinality($2::text[]) = 0 OR institution_code = ANY ($2::text[])) FOR UPDATE)";
constexpr char kRetrySql[] =
    "UPDATE kept_result SET state = 'waiting', next_at = clock_timestamp(), attempts = 0 WHERE number = $1";
constexpr char kDestroySql[] =
    "UPDATE kept_result SET state = 'destroyed', sealed = NULL, ended_at = clock_timestamp() WHERE number = $1";

}  // namespace

Result<std::vector<handoff::ListedRow>> PgKeptResults::List(const handoff::ListWish& wish, Deadline deadline) {
  using Rows = std::vector<handoff::ListedRow>;
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<Rows> {
    Rows rows;
    for (const pqxx::row& row :
         transaction.exec_params(kListSql, kTimeForm, TextArray(wish.institution_codes), wish.channel, wish.state,
                                 wish.before, static_cast<int>(std::min(wish.at_most, handoff::kRowsListedMax + 1)))) {
      rows.push_back({.number = row["number"].as<std::int64_t>(),
                      .channel = row["channel"].c_str(),
                      .state = row["state"].c_str(),
                      .press_id = row["press_id"].c_str(),
                      .desk_name = row["desk_name"].c_str(),
                      .institution_code = row["institution_code"].c_str(),
                      .created_at = row["created_at"].c_str(),
                      .next_at = row["next_at"].c_str(),
                      .ended_at = row["ended_at"].c_str(),
                      .file_name = row["file_name"].c_str(),
                      .sha256 = row["sha256"].c_str(),
                      .attempts = row["attempts"].as<int>(),
                      .code = row["code"].as<int>()});
    }
    return rows;
  });
}

Result<void> PgKeptResults::Retry(std::int64_t number, const std::vector<std::string>& institution_codes,
                                  const std::string& actor, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    const pqxx::result found = transaction.exec_params(kLookSql, number, TextArray(institution_codes));
    if (found.empty()) return Error{ErrorCode::kNotFoundHere, "kept result " + std::to_string(number), {}};
    const std::string state = found[0]["state"].c_str();
    if (state != "refused") return Error{ErrorCode::kStateNotPossible, "it is " + state, {}};
    transaction.exec_params(kRetrySql, number);
    WriteEvent(
        transaction,
        EventAbout(action::kHandoffRetried, found[0], actor, std::string("channel=") + found[0]["channel"].c_str()),
        owner_);
    return {};
  });
}

Result<std::string> PgKeptResults::Discard(std::int64_t number, const std::vector<std::string>& institution_codes,
                                           const std::string& actor, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::string> {
    const pqxx::result found = transaction.exec_params(kLookSql, number, TextArray(institution_codes));
    if (found.empty()) return Error{ErrorCode::kNotFoundHere, "kept result " + std::to_string(number), {}};
    const std::string state = found[0]["state"].c_str();
    if (state == "delivered" || state == "destroyed") return Error{ErrorCode::kStateNotPossible, "it is " + state, {}};
    transaction.exec_params(kDestroySql, number);
    WriteEvent(transaction,
               EventAbout(action::kHandoffDestroyed, found[0], actor,
                          std::string("channel=") + found[0]["channel"].c_str() + " discarded"),
               owner_);
    return std::string(found[0]["row_id"].c_str());
  });
}

}  // namespace madoguchi::store
