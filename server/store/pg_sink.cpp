// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_sink.h"

#include <algorithm>
#include <climits>
#include <utility>

#include "server/audit/event.h"
#include "server/audit/row_line.h"
#include "server/store/event_statements.h"
#include "server/store/tree_rows.h"

namespace madoguchi::store {
namespace {

using audit::SinkBatch;
using audit::SinkLag;

constexpr char kBegin[] = "INSERT INTO trail_follower (name) VALUES ($1) ON CONFLICT (name) DO NOTHING";
constexpr char kHold[] = "SELECT pg_try_advisory_lock(hashtext('madoguchi.sink'), hashtext($1))";

// Where the sink is, and the newest checkpoint whose rows it will all have then, unless it got that one last.
constexpr char kPlace[] = R"(
  SELECT follower.next_leaf, follower.next, coalesce(checkpoint.note, '') AS note,
         coalesce(to_char(checkpoint.signed_at AT TIME ZONE 'Asia/Tokyo', $3), '') AS signed_at
  FROM (SELECT next_leaf, note, greatest(next_leaf, least(next_leaf + $2::bigint, (SELECT size FROM trail_head))) AS next
        FROM trail_follower WHERE name = $1) AS follower
  LEFT JOIN LATERAL (SELECT note, signed_at FROM trail_checkpoint WHERE size <= follower.next ORDER BY size DESC LIMIT 1)
    AS checkpoint ON checkpoint.note IS DISTINCT FROM follower.note)";

// Retired rows are not there.
std::string RowsStatement() {
  return "SELECT leaf.leaf_index, " + TreeColumns() +
         " FROM trail_leaf AS leaf JOIN audit_event USING (recorded_at, sequence)"
         " WHERE leaf.leaf_index >= $1 AND leaf.leaf_index < $2 AND audit_event.recorded_at BETWEEN "
         "$3::timestamptz AND $4::timestamptz ORDER BY leaf.leaf_index";
}

constexpr char kTaken[] = R"(
  UPDATE trail_follower SET next_leaf = $3, note = coalesce(nullif($4, ''), note), trouble_code = 0, updated_at = clock_timestamp()
  WHERE name = $1 AND next_leaf = $2)";
constexpr char kFailed[] =
    "UPDATE trail_follower SET trouble_code = $2, updated_at = clock_timestamp() WHERE name = $1";
constexpr char kLag[] = R"(
  SELECT greatest(size - next_leaf, 0) AS rows, told_behind,
         coalesce(greatest(ceil(extract(epoch FROM clock_timestamp() -
           (SELECT recorded_at FROM trail_leaf WHERE leaf_index = next_leaf))), 0), 0)::bigint AS seconds
  FROM trail_head, (SELECT coalesce(max(next_leaf), 0) AS next_leaf, coalesce(bool_or(told_behind), false) AS told_behind
                    FROM trail_follower WHERE name = $1) AS follower)";
constexpr char kTell[] =
    "UPDATE trail_follower SET told_behind = $2 WHERE name = $1 AND told_behind <> $2 RETURNING trouble_code";

}  // namespace

PgSink::PgSink(std::string url, std::string name, std::string owner, PgPool& pool, AnswerLimit& limit)
    : url_(std::move(url)), name_(std::move(name)), owner_(std::move(owner)), pool_(pool), limit_(limit) {}

Result<bool> PgSink::Hold() {
  if (connection_ && !connection_->usable()) Release();
  if (held_) return true;
  if (!connection_) {
    TRY_ASSIGN(connection_, Connection::Open(url_, "sink", &limit_));
  }
  TRY_ASSIGN(held_, connection_->Transact([this](pqxx::work& transaction) -> Result<bool> {
    transaction.exec_params(kBegin, name_);
    return transaction.exec_params(kHold, name_)[0][0].as<bool>();
  }));
  return held_;
}

void PgSink::Release() {
  connection_.reset();
  held_ = false;
}

Result<SinkBatch> PgSink::Next() {
  return WhileHeld([this](pqxx::work& transaction) -> Result<SinkBatch> {
    const pqxx::row place =
        transaction.exec_params1(kPlace, name_, std::to_string(audit::kSinkRowsMax), audit::kRecordedAtForm);
    SinkBatch batch{.first = place["next_leaf"].as<std::uint64_t>(),
                    .next = place["next"].as<std::uint64_t>(),
                    .rows = {},
                    .checkpoint = place["note"].c_str(),
                    .signed_at = place["signed_at"].c_str()};
    if (batch.first == batch.next) return batch;
    static const std::string rows = RowsStatement();
    const LeafTimes times =
        TimesOfLeaves(transaction, static_cast<std::int64_t>(batch.first), static_cast<std::int64_t>(batch.next));
    if (times.first.empty()) return batch;
    for (const pqxx::row& row : transaction.exec_params(rows, batch.first, batch.next, times.first, times.last)) {
      batch.rows.push_back({.leaf = row["leaf_index"].as<std::uint64_t>(),
                            .sequence = row["sequence"].as<std::int64_t>(),
                            .action = row["action"].c_str(),
                            .code = row["code"].as<int>(0),
                            .recorded_at = row["recorded_at"].c_str(),
                            .line = TreeLine(row, 1)});
    }
    return batch;
  });
}

Result<void> PgSink::Taken(const SinkBatch& batch) {
  return WhileHeld([&](pqxx::work& transaction) -> Result<void> {
    if (transaction.exec_params(kTaken, name_, batch.first, batch.next, batch.checkpoint).affected_rows() == 1)
      return {};
    return Error{ErrorCode::kTrailSinkFailed, "another server has moved on", {}};
  });
}

Result<void> PgSink::Failed(ErrorCode code) {
  return WhileHeld([&](pqxx::work& transaction) -> Result<void> {
    transaction.exec_params(kFailed, name_, static_cast<int>(code));
    return {};
  });
}

Result<SinkLag> PgSink::Lag(Deadline deadline) {
  return pool_.Run(deadline, [this](pqxx::work& transaction) -> Result<SinkLag> {
    const pqxx::row lag = transaction.exec_params1(kLag, name_);
    return SinkLag{lag["rows"].as<std::uint64_t>(), std::chrono::seconds(lag["seconds"].as<std::int64_t>()),
                   lag["told_behind"].as<bool>()};
  });
}

Result<bool> PgSink::Tell(bool behind, const SinkLag& lag, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<bool> {
    const pqxx::result told = transaction.exec_params(kTell, name_, behind);
    if (told.empty()) return false;
    audit::Event event;
    event.action = behind ? audit::action::kAuditSinkBehind : audit::action::kAuditSinkCaughtUp;
    event.code = behind ? told[0][0].as<int>() : 0;
    event.detail = "rows=" + std::to_string(lag.rows);
    event.actor = "server";
    if (behind) event.seconds = static_cast<int>(std::min<std::int64_t>(lag.oldest.count(), INT_MAX));
    event.destination = name_;
    WriteEvent(transaction, event, owner_);
    return true;
  });
}

}  // namespace madoguchi::store
