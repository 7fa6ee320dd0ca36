// SPDX-License-Identifier: Apache-2.0
// What proofs, checkpoints, exports and witnesses read of the tree.
#include <algorithm>

#include "server/store/pg_tree.h"
#include "server/store/tree_rows.h"

namespace madoguchi::store {
namespace {

using audit::StoredCheckpoint;
using trail::kHashBytes;
using trail::kTileWidth;

// A tile that is full in the tree there is now, or the hashes of the right edge. Tiles are only ever added: what the
// edge does not hold any more when the second statement runs was full before.
constexpr char kTile[] =
    "SELECT encode(substring(hashes FOR $3::int), 'hex') FROM trail_tile WHERE level = $1 AND tile = $2";
constexpr char kEdge[] = "SELECT size, encode(edge, 'hex') AS edge FROM trail_head";

constexpr char kCheckpoint[] = "SELECT size, note FROM trail_checkpoint WHERE size <= $1 ORDER BY size DESC LIMIT 1";
// Years of them are millions: each is found by the index, those in between as the first one behind equal steps.
constexpr char kCheckpoints[] = R"(
  WITH ends AS (SELECT min(size) AS first, max(size) AS last FROM trail_checkpoint WHERE size <= $1)
  SELECT DISTINCT found.size, found.note
  FROM ends, generate_series(0, $2::int + 1) AS step, LATERAL (
    SELECT size, note FROM trail_checkpoint
    WHERE size >= first + (last - first) * step / ($2::int + 1) AND size <= last ORDER BY size LIMIT 1) AS found
  ORDER BY size)";
constexpr char kAddCheckpoint[] =
    "INSERT INTO trail_checkpoint (size, note, owner) VALUES ($1, $2, $3) ON CONFLICT (size) DO NOTHING";
constexpr char kLeafOf[] = "SELECT leaf_index FROM trail_leaf WHERE sequence = $1";
constexpr char kTombstones[] = "SELECT partition, note FROM trail_tombstone ORDER BY partition LIMIT $1";

constexpr char kWitness[] = R"(
  SELECT next_leaf, coalesce(note, '') AS note, trouble_code,
         to_char(updated_at AT TIME ZONE 'Asia/Tokyo', 'YYYY-MM-DD"T"HH24:MI:SS"+09:00"') AS updated_at
  FROM trail_follower WHERE name = $1)";
constexpr char kNoteWitness[] = R"(
  INSERT INTO trail_follower (name, next_leaf, note, trouble_code) VALUES ($1, $2, nullif($3, ''), $4)
  ON CONFLICT (name) DO UPDATE SET next_leaf = excluded.next_leaf, note = coalesce(excluded.note, trail_follower.note),
                                   trouble_code = excluded.trouble_code, updated_at = clock_timestamp())";

const std::string& EntriesStatement() {
  static const std::string statement =
      "SELECT leaf_index, " + TreeColumns() +
      R"( FROM trail_leaf JOIN audit_event ON audit_event.recorded_at = trail_leaf.recorded_at
                                          AND audit_event.sequence = trail_leaf.sequence
          WHERE leaf_index >= $1 AND leaf_index < $2
            AND audit_event.recorded_at BETWEEN $3::timestamptz AND $4::timestamptz ORDER BY leaf_index)";
  return statement;
}

std::int64_t Bounded(std::uint64_t size) {
  return static_cast<std::int64_t>(std::min(size, trail::kTreeSizeMax));
}

std::vector<StoredCheckpoint> CheckpointsOf(const pqxx::result& rows) {
  std::vector<StoredCheckpoint> checkpoints;
  for (const pqxx::row& row : rows) checkpoints.push_back({row["size"].as<std::uint64_t>(), row["note"].c_str()});
  return checkpoints;
}

}  // namespace

Result<std::optional<StoredCheckpoint>> PgTree::Checkpoint(std::uint64_t size_max, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::optional<StoredCheckpoint>> {
    std::vector<StoredCheckpoint> found = CheckpointsOf(transaction.exec_params(kCheckpoint, Bounded(size_max)));
    if (found.empty()) return std::optional<StoredCheckpoint>();
    return std::optional<StoredCheckpoint>(std::move(found.front()));
  });
}

Result<std::vector<StoredCheckpoint>> PgTree::Checkpoints(std::uint64_t size_max, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<StoredCheckpoint>> {
    return CheckpointsOf(
        transaction.exec_params(kCheckpoints, Bounded(size_max), static_cast<int>(audit::kCheckpointsListMax)));
  });
}

Result<void> PgTree::AddCheckpoint(const StoredCheckpoint& checkpoint, const std::string& owner, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    transaction.exec_params(kAddCheckpoint, checkpoint.size, checkpoint.note, owner);
    return {};
  });
}

Result<Bytes> PgTree::Tile(int level, std::uint64_t index, std::uint64_t width, Deadline deadline) {
  const std::size_t bytes = static_cast<std::size_t>(width) * kHashBytes;
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<Bytes> {
    const pqxx::row head = transaction.exec1(kEdge);
    const auto size = head["size"].as<std::uint64_t>();
    std::optional<Bytes> hashes;
    if (const std::uint64_t full = size >> (8 * level) >> 8; index == full) {
      const std::optional<Bytes> edge_bytes = FromHex(head["edge"].c_str());
      if (!edge_bytes) return Error{ErrorCode::kDatabaseError, "trail_head.edge", {}};
      TRY_ASSIGN(const trail::Edge edge, trail::Edge::Read(size, *edge_bytes));
      hashes = edge.partial(level);
      if (hashes->size() > bytes) hashes->resize(bytes);
    } else if (const pqxx::result tile = transaction.exec_params(kTile, level, index, static_cast<int>(bytes));
               !tile.empty()) {
      hashes = FromHex(tile[0][0].c_str());
    }
    if (width == 0 || width > kTileWidth || !hashes || hashes->size() != bytes) {
      return Error{ErrorCode::kTrailProofInvalid,
                   "tile " + std::to_string(index) + " of level " + std::to_string(level) + " is not in the database",
                   {}};
    }
    return std::move(*hashes);
  });
}

Result<std::vector<audit::Entry>> PgTree::Entries(std::uint64_t first, std::size_t count, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<audit::Entry>> {
    std::vector<audit::Entry> entries;
    const std::uint64_t end = first + std::min(count, audit::kEntriesPageMax);
    transaction.exec(kByIndex);
    const LeafTimes times = TimesOfLeaves(transaction, Bounded(first), Bounded(end));
    if (times.first.empty()) return entries;
    for (const pqxx::row& row :
         transaction.exec_params(EntriesStatement(), Bounded(first), Bounded(end), times.first, times.last))
      entries.push_back({row[0].as<std::uint64_t>(), TreeLine(row, 1)});
    return entries;
  });
}

Result<std::optional<std::uint64_t>> PgTree::LeafOf(std::int64_t sequence, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::optional<std::uint64_t>> {
    const pqxx::result found = transaction.exec_params(kLeafOf, sequence);
    if (found.empty()) return std::optional<std::uint64_t>();
    return std::optional<std::uint64_t>(found[0][0].as<std::uint64_t>());
  });
}

Result<std::vector<audit::StoredTombstone>> PgTree::Tombstones(Deadline deadline) {
  return pool_.Run(deadline, [](pqxx::work& transaction) -> Result<std::vector<audit::StoredTombstone>> {
    std::vector<audit::StoredTombstone> tombstones;
    for (const pqxx::row& row : transaction.exec_params(kTombstones, static_cast<int>(audit::kTombstonesMax)))
      tombstones.push_back({row["partition"].c_str(), row["note"].c_str()});
    return tombstones;
  });
}

Result<audit::WitnessState> PgTree::Witness(const std::string& name, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<audit::WitnessState> {
    const pqxx::result found = transaction.exec_params(kWitness, name);
    if (found.empty()) return audit::WitnessState{};
    const pqxx::row row = found[0];
    return audit::WitnessState{row["next_leaf"].as<std::uint64_t>(), row["note"].c_str(), row["trouble_code"].as<int>(),
                               row["updated_at"].c_str()};
  });
}

Result<void> PgTree::NoteWitness(const std::string& name, const audit::WitnessState& state, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    transaction.exec_params(kNoteWitness, name, state.size, state.note, state.trouble_code);
    return {};
  });
}

}  // namespace madoguchi::store
