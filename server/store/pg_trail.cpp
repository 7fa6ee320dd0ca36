// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_trail.h"

#include <algorithm>
#include <cstring>
#include <set>
#include <utility>

#include "contract/crypto/random.h"
#include "contract/log.h"
#include "server/audit/event.h"
#include "server/audit/origin.h"
#include "server/store/trail_partitions.h"

namespace madoguchi::store {
namespace {

constexpr std::size_t kPressIdBytes = 16;
constexpr char kNoPartition[] = "sqlstate 23514";  // check_violation: also that of a row that no partition takes

std::string NewRecordId() {
  return UuidText(crypto::NewUuid());
}

std::int64_t NewLockKey() {
  std::int64_t key = 0;
  std::memcpy(&key, crypto::RandomBytes(sizeof key).data(), sizeof key);
  return key == 0 ? 1 : key;
}

// What a caller is told when its row could not be committed: nothing may happen without an intent; an outcome may have
// happened.
ErrorCode CodeFor(const TrailRow& row) {
  return std::holds_alternative<audit::CheckOutcome>(row.what) ? ErrorCode::kOutcomeNotRecorded
                                                               : ErrorCode::kTrailUnavailable;
}

Error NotWritten(const TrailRow& row, const std::string& why) {
  return {CodeFor(row), why, {}};
}

std::vector<const TrailRow*> RowsOf(const auto& batch) {
  std::vector<const TrailRow*> rows;
  rows.reserve(batch.size());
  for (const auto& entry : batch) rows.push_back(&entry->row);
  return rows;
}

// The row that follows one that was committed after its caller had left.
audit::Event TooLate(const TrailRow& row) {
  audit::Event event{audit::action::kCheckTooLate, {}, {}, static_cast<int>(CodeFor(row)), {}};
  if (const Bytes press = PressOf(row); !press.empty()) event.press_id = press;
  if (const auto* intent = std::get_if<audit::CheckIntent>(&row.what)) {
    event.desk_id = intent->desk_id;
    event.trace_id = intent->trace_id;
  }
  if (const auto* outcome = std::get_if<audit::CheckOutcome>(&row.what)) event.desk_id = outcome->desk_id;
  return event;
}

bool IsDeskId(const std::string& text) {
  return UuidFromText(text).has_value();
}

}  // namespace

PgTrail::PgTrail(std::string url, std::string owner, AnswerLimit& limit, std::size_t queue_size_max)
    : url_(std::move(url)),
      owner_(std::move(owner)),
      limit_(limit),
      queue_size_max_(std::min(queue_size_max, kTrailQueueMax)),
      writer_([this] { Work(); }),
      waker_([this] { Wake(); }) {}

PgTrail::~PgTrail() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  writer_.join();
  {
    const std::lock_guard lock(mutex_);
    written_all_ = true;
  }
  answered_.notify_one();
  waker_.join();
}

Result<audit::IntentReceipt> PgTrail::RecordIntent(const audit::CheckIntent& intent, Deadline deadline) {
  if (intent.press_id.size() != kPressIdBytes || !IsDeskId(intent.desk_id)) {
    return Error{ErrorCode::kInternalError, "an intent without press or desk", {}};
  }
  return Submit({NewRecordId(), intent}, deadline.Capped(kIntentWaitMax));
}

Result<void> PgTrail::RecordOutcome(const audit::CheckOutcome& outcome, Deadline deadline) {
  if (outcome.press_id.size() != kPressIdBytes || !IsDeskId(outcome.desk_id)) {
    return Error{ErrorCode::kInternalError, "an outcome without press or desk", {}};
  }
  RowAnswer answer = Submit({NewRecordId(), outcome}, deadline);
  if (!answer) return std::move(answer).error();
  return {};
}

Result<void> PgTrail::RecordEvent(const audit::Event& event, Deadline deadline) {
  if ((!event.desk_id.empty() && !IsDeskId(event.desk_id)) ||
      (event.press_id && event.press_id->size() != kPressIdBytes)) {
    return Error{ErrorCode::kInternalError, "an event with a broken desk or press", {}};
  }
  RowAnswer answer = Submit({NewRecordId(), audit::WithOrigin(event)}, deadline);
  if (!answer) return std::move(answer).error();
  return {};
}

RowAnswer PgTrail::Submit(TrailRow row, Deadline deadline) {
  const auto entry = std::make_shared<Entry>(std::move(row), deadline);
  std::unique_lock lock(mutex_);
  if (stopping_) return NotWritten(entry->row, "the server stops");
  if (queue_.size() >= queue_size_max_) return Error{ErrorCode::kTrailUnavailable, "the queue is full", {}};
  queue_.push_back(entry);
  wake_.notify_one();
  if (entry->answered.wait_until(lock, deadline.at(), [&] { return entry->state == State::kAnswered; }))
    return *entry->answer;
  if (entry->state == State::kQueued) queue_.erase(std::find(queue_.begin(), queue_.end(), entry));
  entry->state = State::kAbandoned;  // a row being written belongs to the writer; it may still be committed
  return NotWritten(entry->row, trouble_.empty() ? "not committed in time" : trouble_);
}

void PgTrail::Work() {
  for (;;) {
    Batch batch;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
      if (queue_.empty()) return;
      batch = TakeBatch();
    }
    Write(std::move(batch));
  }
}

PgTrail::Batch PgTrail::TakeBatch() {
  Batch batch;
  std::set<Bytes> presses;
  while (!queue_.empty() && batch.size() < kTrailBatchMax) {
    const Bytes press = PressOf(queue_.front()->row);
    if (!press.empty() && !presses.insert(press).second)
      break;  // the second row of a press sees what the first one did
    queue_.front()->state = State::kWriting;
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  return batch;
}

void PgTrail::Write(Batch batch) {
  std::chrono::milliseconds pause = kReconnectPauseMin;
  bool month_made = false;
  for (DropLate(batch); !batch.empty(); DropLate(batch)) {
    const Result<std::vector<RowAnswer>> answers = TryWrite(batch);
    if (answers) return Answer(batch, *answers);
    switch (answers.error().code) {
      case ErrorCode::kDatabaseOutcomeInDoubt: {
        log::Report("store", "trail_commit_in_doubt", answers.error(), {{"rows", batch.size()}});
        Result<Batch> missing = SettleDoubt(batch);
        if (!missing) return AnswerAll(batch, missing.error());
        batch = std::move(missing).value();
        break;
      }
      case ErrorCode::kDatabaseUnreachable:  // nothing of the batch was committed
        connection_.reset();
        if (!PauseUnlessStopping(pause)) return AnswerAll(batch, answers.error());
        pause = std::min(2 * pause, kReconnectPauseMax);
        break;
      case ErrorCode::kDatabaseFull:  // each row alone would find no more room
        log::Report("store", "trail_rows_refused", answers.error(), {{"rows", batch.size()}});
        return AnswerAll(batch, answers.error());
      case ErrorCode::kDatabaseBusy:
        return AnswerAll(batch, answers.error());
      default:
        if (!month_made && answers.error().detail == kNoPartition) {
          month_made = MakeMonth();
          if (month_made) break;
        }
        // A row the database cannot take must not cost its neighbours theirs.
        log::Report("store", "trail_rows_refused", answers.error(), {{"rows", batch.size()}});
        if (batch.size() == 1) return AnswerAll(batch, answers.error());
        for (const auto& entry : batch) Write({entry});
        return;
    }
  }
}

bool PgTrail::MakeMonth() {
  const Result<int> made =
      connection_->Transact([](pqxx::work& transaction) -> Result<int> { return MakePartitionsAhead(transaction); });
  if (!made.ok()) log::Report("store", "partitions_not_made", made.error());
  return made.ok();
}

Result<std::vector<RowAnswer>> PgTrail::TryWrite(const Batch& batch) {
  if (!connection_) TRY_VOID(Connect());
  const std::vector<const TrailRow*> rows = RowsOf(batch);
  auto answers = connection_->Transact(
      [&](pqxx::work& transaction) -> Result<std::vector<RowAnswer>> { return WriteRows(transaction, rows, owner_); });
  if (!answers && answers.error().code == ErrorCode::kDatabaseOutcomeInDoubt) {
    doubted_session_lock_ = session_lock_;
    connection_.reset();
  }
  return answers;
}

Result<void> PgTrail::Connect() {
  Result<std::unique_ptr<Connection>> opened = Connection::Open(url_, "trail", &limit_);
  Result<void> ready = opened ? Result<void>() : Result<void>(opened.error());
  const std::int64_t key = NewLockKey();
  if (opened) {
    ready = (*opened)->Transact([&](pqxx::work& transaction) -> Result<void> {
      transaction.exec_params("SELECT pg_advisory_lock($1)", key);
      PrepareTrailStatements((*opened)->raw());
      return {};
    });
  }
  const std::lock_guard lock(mutex_);
  if (!ready) {
    if (trouble_.empty()) log::Report("store", "trail_unreachable", ready.error());  // once, not at every attempt
    trouble_ = ready.error().detail;
    return Error{ErrorCode::kDatabaseUnreachable, trouble_, {}};
  }
  log::Info("store", "trail_connected");
  trouble_.clear();
  session_lock_ = key;
  connection_ = std::move(opened).value();
  return {};
}

Result<PgTrail::Batch> PgTrail::SettleDoubt(Batch batch) {
  const Deadline limit = Deadline::In(kDoubtWaitMax);
  const std::int64_t key = std::exchange(doubted_session_lock_, 0);
  std::chrono::milliseconds pause = kReconnectPauseMin;
  for (;;) {
    Result<void> connected = connection_ ? Result<void>() : Connect();
    if (connected) {
      const std::vector<const TrailRow*> rows = RowsOf(batch);
      const auto found = connection_->Transact([&](pqxx::work& transaction) -> Result<std::vector<RowAnswer>> {
        // Free means: the old connection has ended, so its transaction is over and what it did can be seen.
        transaction.exec("SET LOCAL lock_timeout = " +
                         std::to_string(std::max<std::int64_t>(limit.remaining().count(), 1)));
        transaction.exec_params("SELECT pg_advisory_xact_lock($1)", key);
        return FindRows(transaction, rows);
      });
      if (found) {
        Batch committed, missing;
        std::vector<RowAnswer> answers;
        for (std::size_t i = 0; i < batch.size(); ++i) {
          ((*found)[i] ? committed : missing).push_back(batch[i]);
          if ((*found)[i]) answers.push_back((*found)[i]);
        }
        Answer(committed, answers);
        return missing;
      }
      if (found.error().code != ErrorCode::kDatabaseUnreachable) return found.error();
      connection_.reset();
    }
    if (limit.passed() || !PauseUnlessStopping(pause))
      return Error{ErrorCode::kDatabaseOutcomeInDoubt, "not settled in time", {}};
    pause = std::min(2 * pause, kReconnectPauseMax);
  }
}

void PgTrail::Answer(const Batch& batch, const std::vector<RowAnswer>& answers) {
  const bool wake_here = batch.size() <= kTrailWakeMax;
  const std::lock_guard lock(mutex_);
  for (std::size_t i = 0; i < batch.size(); ++i) {
    Entry& entry = *batch[i];
    if (entry.state == State::kAbandoned) {
      if (answers[i] && !PressOf(entry.row).empty() && queue_.size() < queue_size_max_) {
        queue_.push_back(std::make_shared<Entry>(TrailRow{NewRecordId(), audit::WithOrigin(TooLate(entry.row))},
                                                 Deadline::In(kTooLateRowLifetime)));
      }
      continue;
    }
    entry.answer = answers[i];
    entry.state = State::kAnswered;
    if (wake_here) entry.answered.notify_one();
  }
  if (wake_here) return;
  to_wake_.push_back(batch);
  answered_.notify_one();
}

void PgTrail::Wake() {
  for (;;) {
    Batch batch;
    {
      std::unique_lock lock(mutex_);
      answered_.wait(lock, [this] { return written_all_ || !to_wake_.empty(); });
      if (to_wake_.empty()) return;
      batch = std::move(to_wake_.front());
      to_wake_.pop_front();
    }
    for (const auto& entry : batch) entry->answered.notify_one();
  }
}

void PgTrail::AnswerAll(const Batch& batch, const Error& error) {
  std::vector<RowAnswer> answers;
  for (const auto& entry : batch) answers.push_back(NotWritten(entry->row, error.detail));
  Answer(batch, answers);
}

void PgTrail::DropLate(Batch& batch) {
  const auto is_late = [](const std::shared_ptr<Entry>& entry) { return entry->deadline.passed(); };
  Batch late;
  std::copy_if(batch.begin(), batch.end(), std::back_inserter(late), is_late);
  if (late.empty()) return;
  AnswerAll(late, Error{ErrorCode::kDatabaseUnreachable, "not committed in time", {}});
  batch.erase(std::remove_if(batch.begin(), batch.end(), is_late), batch.end());
}

bool PgTrail::PauseUnlessStopping(std::chrono::milliseconds pause) {
  std::unique_lock lock(mutex_);
  return !wake_.wait_for(lock, pause, [this] { return stopping_; });
}

}  // namespace madoguchi::store
