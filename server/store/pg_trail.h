// SPDX-License-Identifier: Apache-2.0
// PgTrail: audit::Trail with group commit. Callers put a row into a bounded queue and wait; one writing thread commits
// whatever has gathered, up to kTrailBatchMax rows at a time. An idle trail writes a row at once: batches form only
// while a commit is under way.
//
//   caller: Submit ─▶ queue ─▶ writer: batch = 1..100 rows, each press at most once ─▶ one transaction ─▶ answers ─▶
//   callers wake
//
// A caller whose deadline passes leaves: a row still queued is taken back; one being written may be committed later,
// and then a row check.too_late follows it, because nothing came of it. A commit that broke off is looked up by
// record_id once the old connection is surely gone (its session lock is free), and written again if it is not there.
// Thread: any for Record…; the destructor after the last call returned. Ownership: owns its threads and its one
// connection. Errors: as audit/trail.h.
#pragma once
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "server/audit/trail.h"
#include "server/store/connection.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {

inline constexpr std::size_t kTrailQueueMax = 4096;                 // rows waiting; full: TRAIL_UNAVAILABLE at once
inline constexpr std::size_t kTrailBatchMax = 100;                  // rows per commit
inline constexpr std::size_t kTrailWakeMax = 8;                     // callers woken by the writing thread itself
inline constexpr std::chrono::milliseconds kIntentWaitMax{2000};    // a patient waits: an intent is given up then
inline constexpr std::chrono::milliseconds kReconnectPauseMin{20};  // doubled up to …Max
inline constexpr std::chrono::milliseconds kReconnectPauseMax{500};
inline constexpr std::chrono::milliseconds kDoubtWaitMax{2000};  // for the connection whose commit broke off to be gone
inline constexpr std::chrono::milliseconds kTooLateRowLifetime{10000};  // a row without a caller is dropped after

class PgTrail final : public audit::Trail {
 public:
  // Connects when the first row comes. `owner`: this server process, on events. `limit` outlives the trail.
  PgTrail(std::string url, std::string owner, AnswerLimit& limit, std::size_t queue_size_max = kTrailQueueMax);
  ~PgTrail() override;
  PgTrail(const PgTrail&) = delete;
  PgTrail& operator=(const PgTrail&) = delete;

  Result<audit::IntentReceipt> RecordIntent(const audit::CheckIntent& intent, Deadline deadline) override;
  Result<void> RecordOutcome(const audit::CheckOutcome& outcome, Deadline deadline) override;
  Result<void> RecordEvent(const audit::Event& event, Deadline deadline) override;

 private:
  enum class State { kQueued, kWriting, kAnswered, kAbandoned };
  struct Entry {
    Entry(TrailRow row, Deadline deadline) : row(std::move(row)), deadline(deadline) {}
    const TrailRow row;
    const Deadline deadline;
    State state = State::kQueued;     // guarded by mutex_
    std::optional<RowAnswer> answer;  // guarded by mutex_
    std::condition_variable answered;
  };
  using Batch = std::vector<std::shared_ptr<Entry>>;

  // Callers.
  RowAnswer Submit(TrailRow row, Deadline deadline);

  // The writing thread.
  void Work();
  Batch TakeBatch();  // precondition: the queue is not empty; mutex_ is held
  void Write(Batch batch);
  Result<std::vector<RowAnswer>> TryWrite(const Batch& batch);
  Result<void> Connect();
  // Of a row that no partition takes: this server was off for long, or the clock has gone. True: try it again.
  bool MakeMonth();
  Result<Batch> SettleDoubt(Batch batch);  // answers the rows that are in the trail; the others are left to be written
  void Answer(const Batch& batch, const std::vector<RowAnswer>& answers);
  void AnswerAll(const Batch& batch, const Error& error);
  void DropLate(Batch& batch);
  bool PauseUnlessStopping(std::chrono::milliseconds pause);

  // The waking thread: to wake a hundred callers takes as long as half a commit, and the next batch need not wait for
  // it.
  void Wake();

  const std::string url_;
  const std::string owner_;
  AnswerLimit& limit_;
  const std::size_t queue_size_max_;
  std::unique_ptr<Connection> connection_;  // the writing thread's
  std::int64_t session_lock_ = 0;           // held by connection_ for as long as the database keeps it
  std::int64_t doubted_session_lock_ = 0;   // of the connection whose commit broke off; 0: no doubt
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::shared_ptr<Entry>> queue_;  // guarded by mutex_
  std::string trouble_;                       // why the database cannot be had now, for the log; guarded by mutex_
  bool stopping_ = false;                     // guarded by mutex_
  std::condition_variable answered_;
  std::deque<Batch> to_wake_;   // no more than there are callers; guarded by mutex_
  bool written_all_ = false;    // guarded by mutex_
  std::thread writer_, waker_;  // last: they use all of the above
};

}  // namespace madoguchi::store
