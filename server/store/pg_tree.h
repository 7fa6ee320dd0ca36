// SPDX-License-Identifier: Apache-2.0
// PgTree: audit::TreeStore over trail_leaf, trail_tile, trail_head and trail_checkpoint. A round is one transaction:
// an advisory lock that nobody waits for, the head, the rows in the order (written_by, sequence), their leaves and full
// tiles, the head again if it is still the one that was read.
// The order: a row is taken when its transaction is older than every one that is open. Rows that are committed later
// belong to later transactions, so nothing is passed by, and the order does not depend on who takes when.
// Thread: as TreeStore. Ownership: `pool` outlives it.
#pragma once
#include <cstdint>
#include <string>

#include "server/audit/tree_store.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

inline constexpr int kTreeLock = 7305412;  // the advisory lock of a round

class PgTree final : public audit::TreeStore {
 public:
  // url: for rounds that may take longer than what the pool's connections allow.
  PgTree(std::string url, PgPool& pool);
  ~PgTree() override;
  Result<audit::TreeLook> Look(Deadline deadline) override;
  Result<audit::Round> TakeRound(Deadline deadline) override;
  Result<audit::TreeHead> Head(Deadline deadline) override;
  Result<std::optional<audit::StoredCheckpoint>> Checkpoint(std::uint64_t size_max, Deadline deadline) override;
  Result<void> AddCheckpoint(const audit::StoredCheckpoint& checkpoint, const std::string& owner,
                             Deadline deadline) override;
  Result<std::vector<audit::StoredCheckpoint>> Checkpoints(std::uint64_t size_max, Deadline deadline) override;
  Result<Bytes> Tile(int level, std::uint64_t index, std::uint64_t width, Deadline deadline) override;
  Result<std::vector<audit::Entry>> Entries(std::uint64_t first, std::size_t count, Deadline deadline) override;
  Result<std::optional<std::uint64_t>> LeafOf(std::int64_t sequence, Deadline deadline) override;
  Result<std::vector<audit::StoredTombstone>> Tombstones(Deadline deadline) override;
  Result<audit::WitnessState> Witness(const std::string& name, Deadline deadline) override;
  Result<void> NoteWitness(const std::string& name, const audit::WitnessState& state, Deadline deadline) override;

 private:
  // Rows up to here have their places: where the next round goes on, also within a transaction with very many rows.
  struct Place {
    std::uint64_t transaction = 0;
    std::int64_t sequence = 0;
  };
  // What the thread of rounds remembers from one to the next. Nothing of it is needed for a round to be right.
  struct Memory {
    Place place;
    std::uint64_t size = 0;     // of the tree after the last round
    bool catching_up = false;   // a look at every row is under way
    std::uint64_t horizon = 0;  // the oldest open transaction when it began
  };
  Result<audit::Round> Take(pqxx::work& transaction, Memory& memory);

  const std::string url_;
  PgPool& pool_;
  Memory memory_;  // of the thread of rounds
};

}  // namespace madoguchi::store
