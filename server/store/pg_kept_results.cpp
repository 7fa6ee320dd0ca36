// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_kept_results.h"

#include <algorithm>
#include <set>

#include "server/audit/event.h"
#include "server/store/array_literal.h"
#include "server/store/kept_statements.h"
#include "server/store/trail_partitions.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

namespace action = audit::action;
using handoff::DueRow;

constexpr char kRow[] =
    " number, row_id, press_id, desk_id, institution_code, attempts, encode(sealed, 'hex') AS sealed";

const std::string kTakeDueSql = std::string(R"(
  UPDATE kept_result SET attempts = attempts + 1, next_at = clock_timestamp() + make_interval(secs => $3)
  WHERE number IN (SELECT number FROM kept_result
                   WHERE state = 'waiting' AND channel = $1 AND row_id = ANY ($2::uuid[]) AND next_at <= clock_timestamp()
                     AND expires_at > clock_timestamp()
                   ORDER BY next_at, number LIMIT $4 FOR UPDATE SKIP LOCKED)
  RETURNING)") + kRow;

// What is not waiting any more was ended by somebody else meanwhile: it stays as it is.
constexpr char kDeliveredSql[] = R"(
  UPDATE kept_result SET state = 'delivered', sealed = NULL, ended_at = clock_timestamp(), code = 0, file_name = NULLIF($2, ''),
         sha256 = NULLIF($3, '')
  WHERE number = $1 AND ended_at IS NULL)";
constexpr char kRefusedSql[] =
    "UPDATE kept_result SET state = 'refused', code = $2 WHERE number = $1 AND state = 'waiting'";
constexpr char kLaterSql[] = R"(
  UPDATE kept_result SET code = $2, next_at = clock_timestamp() + make_interval(secs => $3::double precision / 1000)
  WHERE number = $1 AND state = 'waiting')";

const std::string kReadSql = std::string(R"(
  UPDATE kept_result SET attempts = attempts + 1
  WHERE number IN (SELECT number FROM kept_result
                   WHERE state = 'waiting' AND channel = $1 AND row_id = ANY ($2::uuid[]) AND expires_at > clock_timestamp()
                     AND ($3 = '' OR desk_id = NULLIF($3, '')::uuid)
                   ORDER BY number LIMIT $4 FOR UPDATE)
  RETURNING)") + kRow;
// The rows are locked: nobody else reads them for the first time just now.
constexpr char kReadBeforeSql[] =
    "SELECT press_id FROM audit_event WHERE press_id = ANY ($1::uuid[]) AND action = $2 AND actor = $3 "
    "AND recorded_at > $4::timestamptz AND recorded_at < $5::timestamptz";
constexpr int kReadDays = 2;  // longer than a result is kept
static_assert(kReadDays * std::chrono::days{1} > audit::kKeptLivesMax);
constexpr char kTakenSql[] = R"(
  UPDATE kept_result SET state = 'delivered', sealed = NULL, ended_at = clock_timestamp(), code = 0
  WHERE channel = $1 AND row_id = $2::uuid AND state = 'waiting' RETURNING press_id, desk_id, institution_code)";
constexpr char kWasTakenSql[] =
    "SELECT 1 FROM kept_result WHERE channel = $1 AND row_id = $2::uuid AND state = 'delivered'";

// Of another person nothing stays, to be shown again neither.
constexpr char kConfirmSql[] = R"(
  UPDATE kept_result SET state = CASE WHEN $3 THEN 'waiting' ELSE 'destroyed' END, sealed = CASE WHEN $3 THEN sealed END,
         next_at = clock_timestamp(), ended_at = CASE WHEN NOT $3 THEN clock_timestamp() END
  WHERE desk_id = $1::uuid AND press_id = $2::uuid AND expires_at > clock_timestamp()
    AND (state = 'held' OR (NOT $3 AND channel = 'show_again' AND ended_at IS NULL
                            AND EXISTS (SELECT 1 FROM kept_result WHERE press_id = $2::uuid AND state = 'held')))
  RETURNING row_id, institution_code)";

constexpr char kNewestShownSql[] = R"(
  SELECT number, row_id, press_id, encode(sealed, 'hex') AS sealed,
         ceil(extract(epoch FROM expires_at - clock_timestamp()))::int AS seconds_left
  FROM kept_result WHERE desk_id = $1::uuid AND channel = 'show_again' AND ended_at IS NULL AND expires_at > clock_timestamp()
  ORDER BY number DESC LIMIT 1)";
constexpr char kStillShownSql[] = R"(
  SELECT press_id, desk_id, institution_code FROM kept_result
  WHERE number = $1 AND ended_at IS NULL AND expires_at > clock_timestamp() FOR UPDATE)";

// The reason of the last attempt stays: it says why it could not be delivered. Whose key lies elsewhere is left to the
// server that has it, unless that one is late: a key goes with its row.
constexpr char kExpireSql[] = R"(
  UPDATE kept_result SET state = 'destroyed', sealed = NULL, ended_at = clock_timestamp(),
         code = CASE WHEN code <> 0 OR channel = 'show_again' THEN code WHEN state = 'held' THEN $3 ELSE $1 END
  WHERE number IN (SELECT number FROM kept_result
                   WHERE ended_at IS NULL AND expires_at <= clock_timestamp()
                     AND (row_id = ANY ($4::uuid[]) OR expires_at <= clock_timestamp() - make_interval(mins => $5))
                   ORDER BY number LIMIT $2 FOR UPDATE SKIP LOCKED)
  RETURNING row_id, channel, press_id, desk_id, institution_code)";
constexpr char kLivingSql[] = "SELECT row_id FROM kept_result WHERE row_id = ANY ($1::uuid[]) AND ended_at IS NULL";
constexpr char kForgetSql[] = R"(
  DELETE FROM kept_result WHERE number IN (SELECT number FROM kept_result
    WHERE ended_at < clock_timestamp() - make_interval(hours => $1) LIMIT $2 FOR UPDATE SKIP LOCKED))";
constexpr char kCountSql[] = "SELECT count(*) FROM kept_result WHERE channel = $1 AND state IN ('held', 'waiting')";

constexpr char kStayedSql[] = R"(
  SELECT number, file_name, sha256 FROM kept_result
  WHERE channel = $1 AND state = 'delivered' AND file_name IS NOT NULL AND cleaned_at IS NULL
    AND ended_at <= clock_timestamp() - make_interval(mins => $2) AND next_at <= clock_timestamp()
  ORDER BY number LIMIT $3)";
constexpr char kCleanedSql[] = "UPDATE kept_result SET cleaned_at = clock_timestamp() WHERE number = $1";
constexpr char kLookLaterSql[] = R"(
  UPDATE kept_result SET next_at = clock_timestamp() + make_interval(mins => $2),
         cleaned_at = CASE WHEN ended_at < clock_timestamp() - make_interval(hours => $3) THEN clock_timestamp() END
  WHERE number = $1)";

// For the trail: the operator, where one is signed in.
std::string WhoActs(pqxx::work& transaction, const std::string& desk_id) {
  const std::string staff_code = OperatorAt(transaction, desk_id);
  return staff_code.empty() ? "desk" : "staff:" + staff_code;
}

std::vector<DueRow> RowsOf(const pqxx::result& found) {
  std::vector<DueRow> rows;
  for (const pqxx::row& row : found) {
    rows.push_back({.number = row["number"].as<std::int64_t>(),
                    .row_id = row["row_id"].c_str(),
                    .press_id = UuidFromText(row["press_id"].c_str()).value_or(Bytes{}),
                    .desk_id = row["desk_id"].c_str(),
                    .institution_code = row["institution_code"].c_str(),
                    .attempts = row["attempts"].as<int>(),
                    .sealed = FromHex(row["sealed"].c_str()).value_or(Bytes{})});
  }
  std::sort(rows.begin(), rows.end(), [](const DueRow& a, const DueRow& b) { return a.number < b.number; });
  return rows;
}

// Presses of these rows whose reading by this reader is in the trail.
std::set<std::string> ReadBefore(pqxx::work& transaction, const std::vector<DueRow>& rows, const std::string& reader) {
  std::vector<std::string> presses;
  for (const DueRow& row : rows) {
    if (row.attempts > 1) presses.push_back(UuidText(row.press_id));
  }
  std::set<std::string> known;
  if (presses.empty()) return known;
  const TrailSpan span = LastDays(transaction, kReadDays);
  for (const pqxx::row& row : transaction.exec_params(kReadBeforeSql, TextArray(presses), action::kHandoffRead, reader,
                                                      span.from, span.until)) {
    known.emplace(row[0].c_str());
  }
  return known;
}

}  // namespace

Result<std::vector<DueRow>> PgKeptResults::TakeDue(const std::string& channel, const std::vector<std::string>& keys,
                                                   Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<DueRow>> {
    return RowsOf(transaction.exec_params(kTakeDueSql, channel, TextArray(keys),
                                          static_cast<int>(handoff::kLease.count()),
                                          static_cast<int>(handoff::kRowsPerRound)));
  });
}

Result<void> PgKeptResults::Delivered(const DueRow& row, const std::string& channel, const handoff::Delivery& delivery,
                                      Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    transaction.exec_params(kDeliveredSql, row.number, delivery.file_name, delivery.sha256);
    audit::Event event =
        EventAbout(action::kHandoffDelivered, row.desk_id, row.press_id, row.institution_code, "server", {});
    event.destination = channel;
    event.file_name = delivery.file_name;
    event.file_sha256 = delivery.sha256;
    WriteEvent(transaction, event, owner_);
    return {};
  });
}

Result<void> PgKeptResults::Refused(const DueRow& row, const std::string& channel, ErrorCode code, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    if (transaction.exec_params(kRefusedSql, row.number, static_cast<int>(code)).affected_rows() == 0) return {};
    WriteEvent(transaction,
               EventAbout(action::kHandoffRefused, row.desk_id, row.press_id, row.institution_code, "server",
                          "channel=" + channel, static_cast<int>(code)),
               owner_);
    return {};
  });
}

Result<void> PgKeptResults::Later(const DueRow& row, ErrorCode code, std::chrono::milliseconds pause,
                                  Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    transaction.exec_params(kLaterSql, row.number, static_cast<int>(code), static_cast<long>(pause.count()));
    return {};
  });
}

Result<std::vector<DueRow>> PgKeptResults::ReadWaiting(const std::string& channel, const std::string& desk_id,
                                                       const std::vector<std::string>& keys, const std::string& reader,
                                                       Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<DueRow>> {
    std::vector<DueRow> rows = RowsOf(
        transaction.exec_params(kReadSql, channel, TextArray(keys), desk_id, static_cast<int>(handoff::kRowsPerRound)));
    const std::set<std::string> known = ReadBefore(transaction, rows, reader);
    for (const DueRow& row : rows) {
      if (known.contains(UuidText(row.press_id))) continue;
      audit::Event event =
          EventAbout(action::kHandoffRead, row.desk_id, row.press_id, row.institution_code, reader, {});
      event.destination = channel;
      WriteEvent(transaction, event, owner_);
    }
    return rows;
  });
}

Result<bool> PgKeptResults::Taken(const std::string& channel, const std::string& row_id, const std::string& reader,
                                  Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<bool> {
    const pqxx::result taken = transaction.exec_params(kTakenSql, channel, row_id);
    if (taken.empty()) return !transaction.exec_params(kWasTakenSql, channel, row_id).empty();
    audit::Event event = EventAbout(action::kHandoffDelivered, taken[0], reader, {});
    event.destination = channel;
    WriteEvent(transaction, event, owner_);
    return true;
  });
}

Result<std::vector<std::string>> PgKeptResults::Confirm(const std::string& desk_id, const Bytes& press_id,
                                                        bool same_person, Deadline deadline) {
  using Ids = std::vector<std::string>;
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<Ids> {
    const pqxx::result rows = transaction.exec_params(kConfirmSql, desk_id, UuidText(press_id), same_person);
    if (rows.empty()) return Error{ErrorCode::kPersonNotConfirmed, "nothing of this press is held", {}};
    WriteEvent(transaction,
               EventAbout(same_person ? action::kHandoffConfirmed : action::kHandoffDestroyed, desk_id, press_id,
                          rows[0]["institution_code"].c_str(), WhoActs(transaction, desk_id),
                          same_person ? "the desk says it is the person" : "another person"),
               owner_);
    Ids destroyed;
    for (const pqxx::row& row : rows) {
      if (!same_person) destroyed.emplace_back(row["row_id"].c_str());
    }
    return destroyed;
  });
}

Result<std::optional<handoff::ShownRow>> PgKeptResults::NewestShown(const std::string& desk_id, Deadline deadline) {
  using Found = std::optional<handoff::ShownRow>;
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<Found> {
    const pqxx::result rows = transaction.exec_params(kNewestShownSql, desk_id);
    if (rows.empty()) return Found{};
    const pqxx::row row = rows[0];
    return Found({.number = row["number"].as<std::int64_t>(),
                  .row_id = row["row_id"].c_str(),
                  .press_id = UuidFromText(row["press_id"].c_str()).value_or(Bytes{}),
                  .sealed = FromHex(row["sealed"].c_str()).value_or(Bytes{}),
                  .left = std::chrono::seconds(row["seconds_left"].as<int>())});
  });
}

Result<void> PgKeptResults::RecordShown(const handoff::ShownRow& row, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    const pqxx::result still = transaction.exec_params(kStillShownSql, row.number);
    if (still.empty()) return Error{ErrorCode::kResultGone, "it has ended meanwhile", {}};
    WriteEvent(transaction,
               EventAbout(action::kHandoffShownAgain, still[0], WhoActs(transaction, still[0]["desk_id"].c_str()), ""),
               owner_);
    return {};
  });
}

Result<std::vector<std::string>> PgKeptResults::Expire(const std::vector<std::string>& keys, Deadline deadline) {
  using Ids = std::vector<std::string>;
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<Ids> {
    const int expired = static_cast<int>(ErrorCode::kHandoffExpired);
    Ids ids;
    for (const pqxx::row& row :
         transaction.exec_params(kExpireSql, expired, static_cast<int>(handoff::kExpiredPerRound),
                                 static_cast<int>(ErrorCode::kPersonNotConfirmed), TextArray(keys),
                                 static_cast<int>(handoff::kForeignExpiryAfter.count()))) {
      const std::string channel = row["channel"].c_str();
      WriteEvent(transaction,
                 EventAbout(action::kHandoffDestroyed, row, "server", "channel=" + channel + " expired",
                            channel == "show_again" ? 0 : expired),
                 owner_);
      ids.emplace_back(row["row_id"].c_str());
    }
    return ids;
  });
}

Result<std::vector<std::string>> PgKeptResults::Living(const std::vector<std::string>& row_ids, Deadline deadline) {
  using Ids = std::vector<std::string>;
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<Ids> {
    Ids living;
    for (const pqxx::row& row : transaction.exec_params(kLivingSql, TextArray(row_ids)))
      living.emplace_back(row[0].c_str());
    return living;
  });
}

Result<bool> PgKeptResults::ForgetEnded(Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<bool> {
    const auto forgotten = transaction
                               .exec_params(kForgetSql, static_cast<int>(handoff::kEndedRowsKept.count()),
                                            static_cast<int>(handoff::kForgottenPerRound))
                               .affected_rows();
    return forgotten < handoff::kForgottenPerRound;
  });
}

Result<std::size_t> PgKeptResults::CountWaiting(const std::string& channel, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::size_t> {
    return transaction.exec_params(kCountSql, channel)[0][0].as<std::size_t>();
  });
}

Result<std::vector<handoff::StayedFile>> PgKeptResults::Stayed(const std::string& channel, std::chrono::minutes stay,
                                                               Deadline deadline) {
  using Files = std::vector<handoff::StayedFile>;
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<Files> {
    Files files;
    for (const pqxx::row& row : transaction.exec_params(kStayedSql, channel, static_cast<int>(stay.count()),
                                                        static_cast<int>(handoff::kFilesLookedAtPerRound))) {
      files.push_back({row["number"].as<std::int64_t>(), row["file_name"].c_str(), row["sha256"].c_str()});
    }
    return files;
  });
}

Result<void> PgKeptResults::Cleaned(std::int64_t number, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    transaction.exec_params(kCleanedSql, number);
    return {};
  });
}

Result<void> PgKeptResults::LookLater(std::int64_t number, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    transaction.exec_params(kLookLaterSql, number, static_cast<int>(handoff::kLookAgainEvery.count()),
                            static_cast<int>(handoff::kLookedForMax.count()));
    return {};
  });
}

}  // namespace madoguchi::store
