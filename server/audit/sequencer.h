// SPDX-License-Identifier: Apache-2.0
// Sequencer: gives rows their places in the tree and signs the tree's heads. Every server runs one; the database lets
// one of them at a time do a round, so none is special and none has to be waited for. A head is signed only after the
// round that made it was committed, and only when it goes on from what this server signed or saw before: otherwise the
// trail is forked, and this server signs nothing more until it is started again. Rows are recorded, and get their
// places, all the same.
// Thread: Tick on one thread at a time; state() from any. Ownership: the seams outlive it. Errors are told to the log,
// once when they begin: TRAIL_FORKED · TRAIL_SEQUENCER_BEHIND · DATABASE_….
#pragma once
#include <chrono>
#include <functional>
#include <mutex>
#include <optional>
#include <string>

#include "contract/trail/checkpoint.h"
#include "server/audit/trail.h"
#include "server/audit/tree_store.h"

namespace madoguchi::audit {

inline constexpr std::chrono::milliseconds kSequenceEvery{2'000};  // a look, while nothing waits
// A row is under a signature at most kSequenceEvery after this, and after the round that took it.
inline constexpr std::chrono::seconds kSignEvery{8};
inline constexpr std::chrono::seconds kBehindAfter{60};
static_assert(kSequenceEvery + kSignEvery <= std::chrono::seconds(10));  // while rows arrive
inline constexpr int kRoundsPerTickMax = 32;                             // then a signature may be due
inline constexpr std::chrono::seconds kTreeCallWithin{10};

// What metrics and the console show.
struct SequencerState {
  TreeLook look;
  bool forked = false;
  bool looked = false;  // false: the database was not reached since the last time it was
};

class Sequencer {
 public:
  struct Seams {
    TreeStore& tree;
    Trail& trail;
    const trail::Signer& signer;
    std::string owner;                                // this server process
    std::function<void(const SequencerState&)> tell;  // after each Tick, on its thread; does not wait
  };
  // known: the newest checkpoint that a witness of this server holds; none: there is no such witness, or it is new.
  explicit Sequencer(Seams seams, std::optional<trail::Checkpoint> known = {});
  // True: nothing more to do now. False: more rows wait, come again at once.
  bool Tick();
  // The last Tick of this server: what has its place is signed now, not after the pause.
  void Finish();
  SequencerState state() const;

 private:
  // False: more rows wait.
  Result<bool> TakeRows();
  Result<void> SignWhenDue(const TreeLook& look);
  // The tree is forked when this is TRAIL_FORKED.
  Result<void> GoesOn(const trail::Checkpoint& from, const TreeHead& to, const char* which);
  void Forked(const Error& error);
  void TellOfDelay(const TreeLook& look);

  const Seams seams_;
  std::optional<trail::Checkpoint> known_;  // what was signed or seen last
  bool compared_ = false;                   // the head with known_, since the start
  bool forked_told_ = false;                // in the trail
  std::optional<Error> forked_;
  bool behind_ = false, failing_ = false, ending_ = false;
  mutable std::mutex mutex_;
  SequencerState state_;  // guarded by mutex_
};

}  // namespace madoguchi::audit
