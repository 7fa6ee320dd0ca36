// SPDX-License-Identifier: Apache-2.0
#include "server/audit/sequencer.h"

#include <utility>

#include "contract/log.h"
#include "server/audit/event.h"

namespace madoguchi::audit {
namespace {

constexpr const char* kComponent = "audit";

Deadline Within() {
  return Deadline::In(kTreeCallWithin);
}

Error Fork(std::string detail) {
  return {ErrorCode::kTrailForked, std::move(detail), {}};
}

}  // namespace

Sequencer::Sequencer(Seams seams, std::optional<trail::Checkpoint> known)
    : seams_(std::move(seams)), known_(std::move(known)) {}

SequencerState Sequencer::state() const {
  const std::lock_guard lock(mutex_);
  return state_;
}

bool Sequencer::Tick() {
  SequencerState now = state();
  bool done = true;
  const Result<void> went = [&]() -> Result<void> {
    TRY_ASSIGN(now.look, seams_.tree.Look(Within()));
    if (now.look.ready > 0 || now.look.moved) {
      TRY_ASSIGN(done, TakeRows());
      TRY_ASSIGN(now.look, seams_.tree.Look(Within()));
    }
    return SignWhenDue(now.look);
  }();
  const bool found_forked = !went.ok() && went.error().code == ErrorCode::kTrailForked;
  now.looked = went.ok() || found_forked;
  if (found_forked) Forked(went.error());
  if (forked_ && !forked_told_) {
    forked_told_ = seams_.trail
                       .RecordEvent({.action = action::kAuditForked,
                                     .desk_id = {},
                                     .press_id = {},
                                     .code = static_cast<int>(ErrorCode::kTrailForked),
                                     .detail = forked_->detail,
                                     .actor = "server"},
                                    Within())
                       .ok();
  }
  if (!now.looked) {
    done = true;
    if (!failing_) log::Report(kComponent, "trail_not_sequenced", went.error());
  } else if (failing_) {
    log::Info(kComponent, "trail_sequenced_again", {});
  }
  failing_ = !now.looked;
  now.forked = forked_.has_value();
  if (now.looked) TellOfDelay(now.look);
  {
    const std::lock_guard lock(mutex_);
    state_ = now;
  }
  if (seams_.tell) seams_.tell(now);
  return done;
}

void Sequencer::Finish() {
  ending_ = true;
  Tick();
}

Result<bool> Sequencer::TakeRows() {
  for (int i = 0; i < kRoundsPerTickMax; ++i) {
    TRY_ASSIGN(const Round round, seams_.tree.TakeRound(Within()));
    if (!round.ours || !round.more) return true;
  }
  return false;
}

Result<void> Sequencer::SignWhenDue(const TreeLook& look) {
  if (forked_) return {};
  // A clock that was set back would else hold signatures up until it is there again.
  const bool pause_is_over =
      ending_ || look.signed_size == 0 || look.signed_ago >= kSignEvery || look.signed_ago.count() < 0;
  const bool is_due = look.size > look.signed_size && pause_is_over;
  // Set back, or a checkpoint of rows that there are not: compared at once, not when there is something to sign.
  const bool is_short = look.size < look.signed_size || (known_ && look.size < known_->size);
  if (!is_due && !is_short && compared_) return {};

  // The checkpoint first: whatever head is read after it is not older.
  TRY_ASSIGN(const std::optional<StoredCheckpoint> newest, seams_.tree.Checkpoint(trail::kTreeSizeMax, Within()));
  TRY_ASSIGN(const TreeHead head, seams_.tree.Head(Within()));
  const trail::VerifierKey& key = seams_.signer.verifier();
  if (known_) TRY_VOID(GoesOn(*known_, head, "what this server or its witness saw"));
  if (newest) {
    const Result<trail::Checkpoint> opened = trail::OpenCheckpoint(newest->note, key);
    if (!opened.ok() || opened->size != newest->size)
      return Fork("the newest checkpoint in the database is not one of this key and origin");
    TRY_VOID(GoesOn(*opened, head, "the newest checkpoint in the database"));
  }
  compared_ = true;
  if (head.size == 0) return {};
  const trail::Checkpoint signed_now{key.name, head.size, head.root};
  if (is_due && !(newest && newest->size == head.size)) {
    TRY_VOID(seams_.tree.AddCheckpoint({head.size, trail::SignedCheckpoint(signed_now, seams_.signer)}, seams_.owner,
                                       Within()));
  }
  known_ = signed_now;
  return {};
}

Result<void> Sequencer::GoesOn(const trail::Checkpoint& from, const TreeHead& to, const char* which) {
  const std::string told = std::string("the head of ") + std::to_string(to.size) + " rows does not go on from " +
                           which + ", " + std::to_string(from.size) + " rows";
  if (from.size > to.size) return Fork(told);
  const Deadline deadline = Within();
  const Result<std::vector<trail::Hash>> proof =
      trail::ConsistencyProof(from.size, to.size, TilesOf(seams_.tree, deadline));
  if (!proof.ok() && proof.error().code != ErrorCode::kTrailProofInvalid) return proof.error();
  if (!proof.ok()) return Fork(told + ": " + proof.error().detail);
  if (!trail::CheckConsistency(from.size, to.size, from.root, to.root, *proof)) return Fork(told);
  return {};
}

void Sequencer::Forked(const Error& error) {
  log::Report(kComponent, "trail_forked", error);
  forked_ = error;
}

void Sequencer::TellOfDelay(const TreeLook& look) {
  const bool behind = look.waiting > 0 && look.oldest > kBehindAfter;
  if (behind && !behind_) {
    std::string detail = "oldest row without a place: " + std::to_string(look.oldest.count()) +
                         " s, rows: " + std::to_string(look.waiting);
    if (look.held_by != 0)
      detail += ", held up by the transaction of PostgreSQL's process " + std::to_string(look.held_by);
    log::Report(kComponent, "trail_behind", {ErrorCode::kTrailSequencerBehind, detail, {}});
  }
  if (!behind && behind_) log::Info(kComponent, "trail_caught_up", {});
  behind_ = behind;
}

}  // namespace madoguchi::audit
