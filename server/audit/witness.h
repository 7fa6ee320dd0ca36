// SPDX-License-Identifier: Apache-2.0
// Witnesses: whoever keeps a checkpoint of ours where the owner of our database cannot reach it. A trail that is cut or
// rewritten later no longer goes on from what a witness holds. None of them is ever waited for by a check, a row or a
// signature.
// Thread: one (WitnessRounds). Errors: TRAIL_WITNESS_FAILED (which and why).
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "contract/deadline.h"
#include "contract/result.h"
#include "server/audit/tree_store.h"

namespace madoguchi::audit {

inline constexpr std::chrono::seconds kWitnessEvery{60};  // a checkpoint is given at most so often
inline constexpr std::chrono::seconds kWitnessWithin{10};
inline constexpr std::size_t kWitnessNameBytesMax = 40;

class Witness {
 public:
  virtual ~Witness() = default;
  // "witness.file", "witness.url": its row in trail_follower.
  virtual const std::string& name() const = 0;
  // The size it holds itself, where it can tell without being asked; else what was noted counts.
  virtual std::optional<std::uint64_t> Holds() const = 0;
  // known: the size it has seen last. → the checkpoint as the witness has it now, with its cosignature if it makes one;
  // a newer one than `checkpoint` when the witness had that already.
  virtual Result<StoredCheckpoint> Give(const StoredCheckpoint& checkpoint, std::uint64_t known, Deadline deadline) = 0;
};

// Gives the newest checkpoint to each witness that does not have it.
class WitnessRounds {
 public:
  // tell: what came of an attempt, 0 or the ErrorCode's number; does not wait. All outlive it.
  using Tell = std::function<void(const std::string& name, std::uint64_t size, int code)>;
  WitnessRounds(TreeStore& tree, std::vector<Witness*> witnesses, Tell tell);
  void Tick();
  // The last time: only those that took what they were given last, so that nothing that hangs holds up the end.
  void Finish();

 private:
  void Round(bool last);
  Result<void> Serve(Witness& witness, const StoredCheckpoint& newest);
  TreeStore& tree_;
  const std::vector<Witness*> witnesses_;
  const Tell tell_;
  std::vector<bool> failing_;  // by witness: a failure is in the log once, and once more when it is over
};

}  // namespace madoguchi::audit
