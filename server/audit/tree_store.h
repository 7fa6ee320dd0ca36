// SPDX-License-Identifier: Apache-2.0
// TreeStore: the seam between the sequencer and where the tree lies: rows get their places in rounds, heads get their
// checkpoints, tiles and rows are read for proofs and exports. store/ implements it over PostgreSQL.
// Thread: TakeRound on one thread of a process at a time, the others from any; calls block up to their deadline.
// Several processes may call at once: only one round at a time has an effect. Errors: DATABASE_….
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "contract/deadline.h"
#include "contract/result.h"
#include "contract/trail/merkle.h"

namespace madoguchi::audit {

inline constexpr std::size_t kRoundRowsMax = 2048;
inline constexpr std::size_t kCatchUpRowsMax = 16384;       // per round after the database was put into another cluster
inline constexpr std::chrono::minutes kCatchUpTimeMax{10};  // of one such round: it may look at every row there is
inline constexpr std::uint64_t kWaitingCountedMax = 10'000;
inline constexpr std::size_t kEntriesPageMax = trail::kTileWidth;
inline constexpr std::size_t kCheckpointsListMax = 1000;

// One look at what there is to do.
struct TreeLook {
  std::uint64_t size = 0;          // of the tree
  std::uint64_t waiting = 0;       // rows without a place; kWaitingCountedMax: so many or more
  std::uint64_t ready = 0;         // of them: rows of transactions before which none is open
  std::chrono::seconds oldest{0};  // age of the oldest waiting one
  int held_by = 0;                 // process id of PostgreSQL whose transaction the others wait for; 0: none, not known
  bool moved = false;              // the database was put into another cluster: every row has to be looked at once
  std::uint64_t signed_size = 0;   // of the newest checkpoint
  std::chrono::seconds signed_ago{0};  // 0 without one; negative: the database's clock was set back since
};

struct TreeHead {
  std::uint64_t size = 0;
  trail::Hash root{};
};

struct Round {
  bool ours = false;  // false: another server was at it, nothing was done
  std::size_t rows = 0;
  bool more = false;  // there may be more to take at once
};

struct StoredCheckpoint {
  std::uint64_t size = 0;
  std::string note;
};

// The entry of a leaf. Retired rows have none.
struct Entry {
  std::uint64_t leaf = 0;
  std::string line;
};

// How far a witness is, as every server sees it.
struct WitnessState {
  std::uint64_t size = 0;  // it has seen last
  std::string note;        // with its cosignature; empty: none yet
  int trouble_code = 0;    // of the last attempt
  std::string updated_at;  // RFC 3339, Japan; empty: never
};

struct StoredTombstone {
  std::string partition, note;
};

class TreeStore {
 public:
  virtual ~TreeStore() = default;
  virtual Result<TreeLook> Look(Deadline deadline) = 0;
  // Gives places to the rows that are next: all of it, or nothing, is committed when this returns.
  virtual Result<Round> TakeRound(Deadline deadline) = 0;
  // As committed.
  virtual Result<TreeHead> Head(Deadline deadline) = 0;

  // The newest one whose size is at most `size_max`.
  virtual Result<std::optional<StoredCheckpoint>> Checkpoint(std::uint64_t size_max, Deadline deadline) = 0;
  // Keeps it, unless there is one of that size.
  virtual Result<void> AddCheckpoint(const StoredCheckpoint& checkpoint, const std::string& owner,
                                     Deadline deadline) = 0;
  // Ascending: the first one, the newest one up to `size_max`, and of those between about kCheckpointsListMax, evenly
  // by size.
  virtual Result<std::vector<StoredCheckpoint>> Checkpoints(std::uint64_t size_max, Deadline deadline) = 0;

  // width ≤ 256 hashes of a tile of a tree that is not larger than the one there is.
  virtual Result<Bytes> Tile(int level, std::uint64_t index, std::uint64_t width, Deadline deadline) = 0;
  // Leaves [first, first + count), count ≤ kEntriesPageMax, those that are not retired, ascending.
  virtual Result<std::vector<Entry>> Entries(std::uint64_t first, std::size_t count, Deadline deadline) = 0;
  // The place of a row; nothing: it has none yet, or there is no such row.
  virtual Result<std::optional<std::uint64_t>> LeafOf(std::int64_t sequence, Deadline deadline) = 0;
  // By partition, at most kTombstonesMax.
  virtual Result<std::vector<StoredTombstone>> Tombstones(Deadline deadline) = 0;

  virtual Result<WitnessState> Witness(const std::string& name, Deadline deadline) = 0;
  // An empty note leaves what is there.
  virtual Result<void> NoteWitness(const std::string& name, const WitnessState& state, Deadline deadline) = 0;
};

inline constexpr std::size_t kTombstonesMax = 1200;  // months

// Reads tiles for proofs (trail/merkle.h). `store` outlives it.
trail::TileReader TilesOf(TreeStore& store, Deadline deadline);

}  // namespace madoguchi::audit
