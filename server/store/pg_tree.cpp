// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_tree.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "server/store/array_literal.h"
#include "server/store/tree_rows.h"

namespace madoguchi::store {
namespace {

using audit::Round;
using audit::TreeLook;
using trail::Edge;
using trail::Tile;

constexpr std::chrono::seconds kBeyondTheStatement{2};

// Waiting rows are counted up to a limit. Rows that an earlier cluster numbered are above what this one has given out:
// they have their places since it was moved. Who holds the oldest open transaction is in pg_locks, for everybody.
constexpr char kLook[] = R"(
  WITH now AS (SELECT pg_snapshot_xmin(pg_current_snapshot()) AS oldest_open, pg_snapshot_xmax(pg_current_snapshot()) AS next),
  waiting AS (
    SELECT recorded_at, written_by FROM trail_head, now, LATERAL (
      SELECT recorded_at, written_by FROM audit_event
      WHERE written_by >= trail_head.watermark AND written_by < now.next
        AND NOT EXISTS (SELECT FROM trail_leaf WHERE trail_leaf.sequence = audit_event.sequence)
      LIMIT $1) AS rows),
  newest AS (SELECT size, signed_at FROM trail_checkpoint ORDER BY size DESC LIMIT 1)
  SELECT trail_head.size, (SELECT count(*) FROM waiting) AS waiting,
         (SELECT count(*) FROM waiting WHERE written_by < now.oldest_open) AS ready,
         greatest(coalesce(extract(epoch FROM clock_timestamp() - (SELECT min(recorded_at) FROM waiting)), 0), 0)::bigint AS oldest,
         coalesce((SELECT pid FROM pg_locks WHERE locktype = 'transactionid' AND mode = 'ExclusiveLock' AND granted
                   AND transactionid = now.oldest_open::xid LIMIT 1), 0) AS held_by,
         trail_head.cluster <> system_identifier AS moved, coalesce((SELECT size FROM newest), 0) AS signed_size,
         coalesce(extract(epoch FROM clock_timestamp() - (SELECT signed_at FROM newest)), 0)::bigint AS signed_ago
  FROM trail_head, now, pg_control_system())";

constexpr char kLock[] = "SELECT pg_try_advisory_xact_lock($1)";
constexpr char kHead[] = R"(
  SELECT size, encode(edge, 'hex') AS edge, watermark::text, system_identifier, cluster <> system_identifier AS moved,
         pg_snapshot_xmin(pg_current_snapshot())::text AS horizon
  FROM trail_head, pg_control_system())";

const std::string& TakeStatement() {
  static const std::string statement =
      "SELECT written_by::text AS taken_by, " + TreeColumns() +
      R"( FROM audit_event WHERE (written_by, sequence) > ($1::xid8, $2::bigint) AND written_by < $3::xid8
          AND NOT EXISTS (SELECT FROM trail_leaf WHERE trail_leaf.sequence = audit_event.sequence)
          ORDER BY audit_event.written_by, audit_event.sequence LIMIT $4)";
  return statement;
}
constexpr char kEveryTransaction[] = "18446744073709551615";

constexpr char kAddLeaves[] = R"(
  INSERT INTO trail_leaf (leaf_index, sequence, recorded_at)
  SELECT $1::bigint + place - 1, sequence, recorded_at
  FROM unnest($2::bigint[], $3::timestamptz[]) WITH ORDINALITY AS row(sequence, recorded_at, place))";
constexpr char kAddTiles[] = R"(
  INSERT INTO trail_tile (level, tile, hashes)
  SELECT level, tile, decode(hashes, 'hex') FROM unnest($1::smallint[], $2::bigint[], $3::text[]) AS full_tile(level, tile, hashes))";
constexpr char kMoveHead[] = R"(
  UPDATE trail_head SET size = $2, edge = decode($3, 'hex'), watermark = $4::xid8, cluster = $5, updated_at = clock_timestamp()
  WHERE size = $1)";

void AddTiles(pqxx::work& transaction, const std::vector<Tile>& tiles) {
  if (tiles.empty()) return;
  ArrayLiteral levels, places, hashes;
  for (const Tile& tile : tiles) {
    levels.Add(std::to_string(tile.level));
    places.Add(std::to_string(tile.index));
    hashes.Add(ToHex(tile.hashes));
  }
  transaction.exec_params(kAddTiles, levels.Text(), places.Text(), hashes.Text());
}

bool IsMoved(pqxx::work& transaction) {
  return transaction.exec1(kHead)["moved"].as<bool>();
}

Result<Edge> EdgeOf(std::uint64_t size, const char* hex) {
  const std::optional<Bytes> bytes = FromHex(hex);
  if (!bytes) return Error{ErrorCode::kDatabaseError, "trail_head.edge", {}};
  return Edge::Read(size, *bytes);
}

}  // namespace

PgTree::PgTree(std::string url, PgPool& pool) : url_(std::move(url)), pool_(pool) {}
PgTree::~PgTree() = default;

Result<TreeLook> PgTree::Look(Deadline deadline) {
  return pool_.Run(deadline, [](pqxx::work& transaction) -> Result<TreeLook> {
    transaction.exec(kByIndex);
    const pqxx::result found = transaction.exec_params(kLook, audit::kWaitingCountedMax);
    if (found.empty()) return Error{ErrorCode::kDatabaseError, "trail_head is empty", {}};
    const pqxx::row row = found[0];
    TreeLook look;
    look.size = row["size"].as<std::uint64_t>();
    look.waiting = row["waiting"].as<std::uint64_t>();
    look.ready = row["ready"].as<std::uint64_t>();
    look.oldest = std::chrono::seconds(row["oldest"].as<std::int64_t>());
    if (look.ready < look.waiting) look.held_by = row["held_by"].as<int>();
    look.moved = row["moved"].as<bool>();
    look.signed_size = row["signed_size"].as<std::uint64_t>();
    look.signed_ago = std::chrono::seconds(row["signed_ago"].as<std::int64_t>());
    return look;
  });
}

Result<Round> PgTree::Take(pqxx::work& transaction, Memory& memory) {
  if (!transaction.exec_params(kLock, kTreeLock)[0][0].as<bool>()) return Round{};
  transaction.exec(kByIndex);
  const pqxx::row head = transaction.exec1(kHead);
  const auto size = head["size"].as<std::uint64_t>();
  const auto watermark = head["watermark"].as<std::uint64_t>();
  const auto horizon = head["horizon"].as<std::uint64_t>();
  TRY_ASSIGN(Edge edge, EdgeOf(size, head["edge"].c_str()));
  const bool moved = head["moved"].as<bool>();
  if (size < memory.size || moved != memory.catching_up) {  // set back, or moved: what was remembered is of another one
    memory = {{}, size, moved, horizon};
  }
  // Another server took the last round, or somebody set the tree back and transactions are numbered again.
  if (!moved && memory.place.transaction != watermark) memory.place = {watermark, 0};

  const std::size_t most = moved ? audit::kCatchUpRowsMax : audit::kRoundRowsMax;
  const pqxx::result rows = transaction.exec_params(
      TakeStatement(), std::to_string(memory.place.transaction), memory.place.sequence,
      moved ? std::string(kEveryTransaction) : std::to_string(horizon), static_cast<std::int64_t>(most));
  Round round{true, rows.size(), rows.size() == most};
  if (rows.empty() && !moved) return round;  // nothing is written while nothing happens

  ArrayLiteral sequences, times;
  std::vector<trail::Tile> full;
  for (const pqxx::row& row : rows) {
    sequences.Add(row["sequence"].c_str());
    times.Add(row["recorded_at"].c_str());
    edge.Append(trail::LeafHash(AsBytes(TreeLine(row, 1))), full);
  }
  if (!rows.empty()) transaction.exec_params(kAddLeaves, size, sequences.Text(), times.Text());
  AddTiles(transaction, full);

  // Of a round that took all there was: everything older than the oldest open transaction has its place.
  std::uint64_t reached = moved ? memory.horizon : horizon;
  if (round.more) {
    const pqxx::row last = rows.back();
    memory.place = {last[0].as<std::uint64_t>(), last["sequence"].as<std::int64_t>()};
    reached = moved ? watermark : memory.place.transaction;
  } else {
    memory.place = {reached, 0};
    memory.catching_up = false;
  }
  const bool catch_up_ends = moved && !round.more;
  const std::string cluster = moved && !catch_up_ends ? std::string("0") : head["system_identifier"].c_str();
  memory.size = edge.size();
  if (transaction.exec_params(kMoveHead, size, edge.size(), ToHex(edge.Written()), std::to_string(reached), cluster)
          .affected_rows() != 1) {
    return Error{ErrorCode::kDatabaseError, "trail_head was moved by somebody without the lock", {}};
  }
  return round;
}

Result<Round> PgTree::TakeRound(Deadline deadline) {
  Memory memory;
  bool needs_time = false;
  const auto take = [&](bool has_time) {
    return [&, has_time](pqxx::work& transaction) -> Result<Round> {
      memory = memory_;
      needs_time = !has_time && IsMoved(transaction);
      return needs_time ? Round{} : Take(transaction, memory);
    };
  };
  Result<Round> round = pool_.Run(deadline, take(false));
  if (round.ok() && needs_time) {
    AnswerLimit limit(audit::kCatchUpTimeMax + kBeyondTheStatement);
    TRY_ASSIGN(const std::unique_ptr<Connection> connection,
               Connection::Open(url_, "tree", &limit, audit::kCatchUpTimeMax));
    round = connection->Transact(take(true));
  }
  if (round.ok() && round->ours) memory_ = memory;
  return round;
}

Result<audit::TreeHead> PgTree::Head(Deadline deadline) {
  return pool_.Run(deadline, [](pqxx::work& transaction) -> Result<audit::TreeHead> {
    const pqxx::row head = transaction.exec1(kHead);
    TRY_ASSIGN(const Edge edge, EdgeOf(head["size"].as<std::uint64_t>(), head["edge"].c_str()));
    return audit::TreeHead{edge.size(), edge.Root()};
  });
}

}  // namespace madoguchi::store
