// SPDX-License-Identifier: Apache-2.0
#include "server/store/trail_retirement.h"

#include <algorithm>
#include <optional>
#include <thread>

#include "server/audit/event.h"
#include "server/store/connection.h"
#include "server/store/trail_statements.h"
#include "server/store/tree_rows.h"

namespace madoguchi::store {
namespace {

using trail::LeafRange;

constexpr char kRoot[] = "root";
constexpr char kTime[] = R"(YYYY-MM-DD"T"HH24:MI:SS"+09:00")";

constexpr char kOneAtATime[] = "SELECT pg_try_advisory_xact_lock(hashtext('madoguchi.retire_trail'))";
constexpr char kFind[] = R"(
  SELECT coalesce(to_char(from_at AT TIME ZONE 'Asia/Tokyo', $2), '') AS from_at, to_char(until_at AT TIME ZONE 'Asia/Tokyo', $2) AS until_at,
         (until_at AT TIME ZONE 'Asia/Tokyo' + make_interval(years => $3)) AT TIME ZONE 'Asia/Tokyo' <= clock_timestamp() AS is_old,
         pg_total_relation_size(partition) AS bytes, quote_ident(relname) AS quoted
  FROM trail_partitions() JOIN pg_class ON pg_class.oid = partition WHERE relname = $1)";
constexpr char kGone[] =
    "SELECT to_char(retired_at AT TIME ZONE 'Asia/Tokyo', $2) FROM trail_tombstone WHERE partition = $1";
constexpr char kHold[] = R"(
  SELECT min(number) FROM trail_hold WHERE lifted_at IS NULL AND from_at < $2::timestamptz
    AND until_at > coalesce(nullif($1, '')::timestamptz, '-infinity'))";
constexpr char kNewestCheckpoint[] = "SELECT size, note FROM trail_checkpoint ORDER BY size DESC LIMIT 1";
constexpr char kSinkIsAt[] = "SELECT coalesce(max(next_leaf), 0) FROM trail_follower WHERE name = $1";
constexpr char kNow[] = "SELECT to_char(clock_timestamp() AT TIME ZONE 'Asia/Tokyo', $1)";
// Of the other partitions none is touched: whoever reads or writes them has the table above first.
constexpr char kLockBegin[] = R"(
  DO $$ BEGIN
    LOCK TABLE trail_hold IN SHARE MODE;
    LOCK TABLE ONLY audit_event, ONLY )";
constexpr char kLockEnd[] = R"( IN ACCESS EXCLUSIVE MODE;
    PERFORM set_config('madoguchi.locked', 'yes', true);
  EXCEPTION WHEN lock_not_available THEN
    PERFORM set_config('madoguchi.locked', 'no', true);
  END $$)";
constexpr char kBury[] = R"(
  INSERT INTO trail_tombstone (partition, from_at, until_at, rows, leaves, note, retired_by, reason, retired_at)
  VALUES ($1, nullif($2, '')::timestamptz, $3::timestamptz, $4, $5::int8multirange, $6, $7, $8, $9::timestamptz))";

Error NotRetirable(const std::string& why) {
  return {ErrorCode::kPartitionNotRetirable, why, {}};
}

struct Found {
  std::string from, until, quoted;
  std::int64_t bytes = 0;
};

Result<Found> Find(pqxx::work& transaction, const Retirement& wish) {
  const pqxx::result gone = transaction.exec_params(kGone, wish.partition, kTime);
  if (!gone.empty()) return NotRetirable(wish.partition + ": retired at " + gone[0][0].c_str());
  const pqxx::result rows = transaction.exec_params(kFind, wish.partition, kTime, wish.retention_years);
  if (rows.empty()) return NotRetirable(wish.partition + ": no such partition");
  const pqxx::row& row = rows[0];
  if (!row["is_old"].as<bool>()) {
    return NotRetirable(wish.partition + ": reaches to " + row["until_at"].c_str() + ", kept for " +
                        std::to_string(wish.retention_years) + " years");
  }
  return Found{row["from_at"].c_str(), row["until_at"].c_str(), row["quoted"].c_str(), row["bytes"].as<std::int64_t>()};
}

Result<void> NotHeld(pqxx::work& transaction, const Found& found) {
  const pqxx::result rows = transaction.exec_params(kHold, found.from, found.until);
  if (rows[0][0].is_null()) return {};
  return Error{ErrorCode::kTrailHeld, std::string("hold ") + rows[0][0].c_str(), {}};
}

// Side by side becomes one; ascending.
std::vector<LeafRange> Joined(std::vector<LeafRange> ranges) {
  std::sort(ranges.begin(), ranges.end(), [](const LeafRange& a, const LeafRange& b) { return a.first < b.first; });
  std::vector<LeafRange> joined;
  for (const LeafRange& range : ranges) {
    if (!joined.empty() && range.first == joined.back().last + 1) {
      joined.back().last = range.last;
    } else {
      joined.push_back(range);
    }
  }
  return joined;
}

struct Looked {
  std::uint64_t rows = 0;
  std::vector<LeafRange> leaves;
};

// Nothing is added meanwhile: the caller holds the partition against writers.
Looked Look(pqxx::work& transaction, const std::string& quoted, const std::function<void(double)>& progress) {
  Looked looked;
  const pqxx::row ends = transaction.exec1(
      "SELECT floor(extract(epoch FROM min(recorded_at)))::bigint, "
      "floor(extract(epoch FROM max(recorded_at)))::bigint FROM ONLY " +
      quoted);
  if (ends[0].is_null()) return looked;
  const auto first = ends[0].as<std::int64_t>(), last = ends[1].as<std::int64_t>();
  const std::int64_t step = std::max<std::int64_t>((last - first) / kSlicesMax + 1, kSlice.count());
  for (std::int64_t from = first; from <= last; from += step) {
    const std::string rows_of_slice = " WHERE recorded_at >= to_timestamp(" + std::to_string(from) +
                                      ") AND recorded_at < to_timestamp(" + std::to_string(from + step) + ")";
    looked.rows += transaction.exec("SELECT count(*) FROM ONLY " + quoted + rows_of_slice)[0][0].as<std::uint64_t>();
    for (const pqxx::row& row :
         transaction.exec("SELECT lower(place), upper(place) - 1 FROM unnest((SELECT range_agg(int8range(leaf_index, "
                          "leaf_index + 1)) FROM ONLY " +
                          quoted + " JOIN trail_leaf USING (recorded_at, sequence)" + rows_of_slice + ")) AS place"))
      looked.leaves.push_back({row[0].as<std::uint64_t>(), row[1].as<std::uint64_t>()});
    looked.leaves = Joined(std::move(looked.leaves));
    progress(static_cast<double>(from - first) / static_cast<double>(last - first + 1));
  }
  progress(1);
  return looked;
}

// Every row has its place below a checkpoint that this key signed.
Result<void> IsSigned(pqxx::work& transaction, const Looked& looked, const trail::Signer& signer) {
  std::uint64_t placed = 0;
  for (const LeafRange& range : looked.leaves) placed += range.last - range.first + 1;
  if (placed != looked.rows)
    return NotRetirable(std::to_string(looked.rows - placed) + " rows are not in the tree yet");
  if (looked.leaves.size() > trail::kLeafRangesMax) return NotRetirable("its rows lie too scattered in the tree");
  if (looked.leaves.empty()) return {};
  const pqxx::result newest = transaction.exec(kNewestCheckpoint);
  if (newest.empty()) return NotRetirable("there is no signed checkpoint");
  TRY_ASSIGN(const trail::Checkpoint checkpoint, trail::OpenCheckpoint(newest[0]["note"].c_str(), signer.verifier()));
  if (checkpoint.size <= looked.leaves.back().last) return NotRetirable("not every row is under a signed checkpoint");
  return {};
}

// What only the trail has yet is not removed. A sink that is gone for good is taken out of the configuration first.
Result<void> IsInSink(pqxx::work& transaction, const Looked& looked, const std::string& sink) {
  if (sink.empty() || looked.leaves.empty()) return {};
  const auto is_at = transaction.exec_params1(kSinkIsAt, sink)[0].as<std::uint64_t>();
  if (is_at > looked.leaves.back().last) return {};
  return NotRetirable("the second sink (audit.sink) has the rows before leaf " + std::to_string(is_at) +
                      " only, these reach to leaf " + std::to_string(looked.leaves.back().last));
}

std::string MultiRange(const std::vector<LeafRange>& leaves) {
  std::string text;
  for (const LeafRange& range : leaves)
    text += (text.empty() ? "[" : ",[") + std::to_string(range.first) + "," + std::to_string(range.last + 1) + ")";
  return "{" + text + "}";
}

// The moment in which it goes: holds are as they are, and nobody reads or writes the trail. False: the locks could not
// be had in kLockWait each, and none is held.
bool Lock(pqxx::work& transaction, const std::string& quoted) {
  transaction.exec(kLockBegin + quoted + kLockEnd);
  return transaction.exec("SELECT current_setting('madoguchi.locked')")[0][0].as<std::string>() == "yes";
}

void Bury(pqxx::work& transaction, const Found& found, const trail::Tombstone& stone, const std::string& note) {
  WriteEvent(transaction,
             {.action = audit::action::kAuditPartitionRetired,
              .desk_id = {},
              .press_id = {},
              .code = 0,
              .detail = "partition=" + stone.partition + " rows=" + std::to_string(stone.rows) +
                        " by=" + stone.retired_by + " leaves=" + Written(stone.leaves),
              .actor = kRoot},
             kRoot);
  transaction.exec_params(kBury, stone.partition, stone.from, stone.until, stone.rows, MultiRange(stone.leaves), note,
                          stone.retired_by, stone.reason, stone.retired_at);
  transaction.exec("ALTER TABLE audit_event DETACH PARTITION " + found.quoted);
  transaction.exec("DROP TABLE " + found.quoted);
}

bool IsOneLine(const std::string& text, std::size_t bytes_max) {
  return !text.empty() && text.size() <= bytes_max &&
         std::none_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7F; });
}

}  // namespace

Result<RetiredPartition> RetirePartition(const std::string& owner_url, const Retirement& wish,
                                         const trail::Signer& signer, const std::function<void(double)>& progress) {
  if (!IsOneLine(wish.by, kRetiredByBytesMax) || !IsOneLine(wish.reason, 4 * trail::kReasonCharactersMax))
    return Error{ErrorCode::kConfigValueInvalid, "by and reason: one line each, 1 to 100 and 1 to 800 bytes", {}};
  TRY_ASSIGN(const std::unique_ptr<Connection> connection,
             Connection::Open(owner_url, "retire_trail", nullptr, kSliceWithin));
  return connection->Transact([&](pqxx::work& transaction) -> Result<RetiredPartition> {
    transaction.exec("SET LOCAL lock_timeout = " + std::to_string(kLockWait.count()));
    if (!transaction.exec(kOneAtATime)[0][0].as<bool>())
      return Error{ErrorCode::kDatabaseBusy, "another partition is being retired", {}};
    TRY_ASSIGN(const Found found, Find(transaction, wish));
    TRY_VOID(NotHeld(transaction, found));
    transaction.exec("LOCK TABLE " + found.quoted + " IN SHARE MODE");
    transaction.exec(kByIndex);
    const Looked looked = Look(transaction, found.quoted, progress);
    TRY_VOID(IsSigned(transaction, looked, signer));
    TRY_VOID(IsInSink(transaction, looked, wish.sink));
    RetiredPartition retired{{signer.verifier().name, wish.partition, looked.rows, looked.leaves, found.from,
                              found.until, wish.by, wish.reason, transaction.exec_params(kNow, kTime)[0][0].c_str()},
                             found.bytes};
    if (wish.dry_run) return retired;
    const std::string note = trail::SignedNote(TextOf(retired.tombstone), signer);
    for (int attempt = 1; attempt <= kLockAttemptsMax; ++attempt) {
      if (Lock(transaction, found.quoted)) {
        TRY_VOID(NotHeld(transaction, found));
        Bury(transaction, found, retired.tombstone, note);
        return retired;
      }
      std::this_thread::sleep_for(kLockPause);
    }
    return Error{ErrorCode::kDatabaseBusy, "the trail is read or written without a pause", {}};
  });
}

}  // namespace madoguchi::store
