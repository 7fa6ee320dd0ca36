// SPDX-License-Identifier: Apache-2.0
#include "server/store/account_statements.h"

#include <algorithm>
#include <array>

#include "server/account/binding.h"
#include "server/account/lock.h"
#include "server/audit/event.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

using account::Binding;
using account::DatabaseTime;
using account::Event;
using account::State;
using account::Tries;

constexpr char kLockAccount[] = R"(
  SELECT state, holder, coalesce(desk_id::text, '') AS desk_id, coalesce(reserved_for_desk::text, '') AS reserved_for_desk,
         national_bound, national_release_due
  FROM device_account WHERE account_id = $1 AND institution_code = $2 FOR UPDATE)";
constexpr char kLockDesk[] = "SELECT status FROM desk WHERE desk_id = $1::uuid FOR UPDATE";
constexpr char kOtherAccountOfDesk[] =
    "SELECT 1 FROM device_account WHERE desk_id = $1::uuid AND institution_code = $2 AND account_id <> $3";
// Dates are the facility's: Japan's day.
constexpr char kWriteState[] = R"(
  UPDATE device_account SET state = $2, holder = $3, desk_id = NULLIF($4, '')::uuid, reserved_for_desk = NULLIF($5, '')::uuid,
    national_bound = $6, national_release_due = $7, state_reason = $8,
    starts_on = CASE WHEN $9 = 'activate' THEN coalesce(starts_on, today.day) ELSE starts_on END,
    suspended_on = CASE $9 WHEN 'suspend' THEN today.day WHEN 'end' THEN suspended_on ELSE NULL END,
    ends_on = CASE WHEN $9 = 'end' THEN today.day ELSE ends_on END
  FROM (SELECT (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date AS day) AS today
  WHERE account_id = $1)";
constexpr char kWriteStep[] = R"(
  INSERT INTO account_step (account_id, step, event, state, desk_id, by)
  SELECT $1, coalesce(max(step), 0) + 1, $2, $3, NULLIF($4, '')::uuid, $5 FROM account_step WHERE account_id = $1)";
constexpr char kEndLogIns[] = "DELETE FROM desk_log_in WHERE account_id = $1";
constexpr char kDestroySheet[] = "DELETE FROM sealed_sheet WHERE account_id = $1";
constexpr char kVoidCode[] = R"(
  UPDATE activation_code SET void_at = clock_timestamp() WHERE account_id = $1 AND spent_at IS NULL AND void_at IS NULL)";
constexpr char kTellDesk[] = "SELECT pg_notify('madoguchi_desk', $1)";

const char* ActionOf(Event event) {
  constexpr std::array<const char*, 5> actions{audit::action::kAccountActivated, audit::action::kAccountSuspended,
                                               audit::action::kAccountResumed, audit::action::kAccountReleased,
                                               audit::action::kAccountEnded};
  return actions[static_cast<std::size_t>(event)];
}

Result<Binding> LockAccount(pqxx::work& transaction, const StateChange& change) {
  const pqxx::result rows = transaction.exec_params(kLockAccount, change.account_id, change.institution_code);
  if (rows.empty()) return Error{ErrorCode::kAccountUnknown, change.account_id, {}};
  const pqxx::row row = rows[0];
  const auto state = account::StateFromWord(row["state"].as<std::string>());
  const auto holder = account::HolderFromWord(row["holder"].as<std::string>());
  if (!state || !holder) return Error{ErrorCode::kDatabaseError, "unknown word in device_account", {}};
  return Binding{*state,
                 *holder,
                 row["desk_id"].as<std::string>(),
                 row["reserved_for_desk"].as<std::string>(),
                 row["national_bound"].as<bool>(),
                 row["national_release_due"].as<bool>()};
}

// The desk exists, is active and has no other account of this institution code.
Result<void> LockDeskFor(pqxx::work& transaction, const StateChange& change) {
  const pqxx::result rows = transaction.exec_params(kLockDesk, change.desk_id);
  if (rows.empty()) return Error{ErrorCode::kDeskUnknown, "desk " + change.desk_id, {}};
  if (rows[0][0].as<std::string>() != "active") return Error{ErrorCode::kDeskNotActive, "desk " + change.desk_id, {}};
  if (!transaction.exec_params(kOtherAccountOfDesk, change.desk_id, change.institution_code, change.account_id).empty())
    return Error{ErrorCode::kStateNotPossible, "the desk has another account of this institution code", {}};
  return {};
}

// --- tries
// ---------------------------------------------------------------------------------------------------------------

constexpr char kMakeTries[] = R"(
  INSERT INTO log_in_failure (account_hash, source, account_id, failures, last_at) VALUES ($1, $2, $3, 0, clock_timestamp())
  ON CONFLICT DO NOTHING)";
constexpr char kLockTries[] = R"(
  SELECT failures, announced, refused, (extract(epoch FROM locked_until) * 1000000)::bigint AS locked_until
  FROM log_in_failure WHERE account_hash = $1 AND source = $2 FOR UPDATE)";
// A statement of its own: it runs after the row is locked, however long that took.
constexpr char kNow[] = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint";
constexpr char kWriteTries[] = R"(
  UPDATE log_in_failure SET failures = $3, last_at = clock_timestamp(), announced = true, refused = 0,
    locked_until = timestamptz 'epoch' + $4::bigint * interval '1 microsecond'
  WHERE account_hash = $1 AND source = $2)";
constexpr char kForgetTries[] =
    "DELETE FROM log_in_failure WHERE account_hash = $1 AND source = $2 RETURNING announced, refused";
constexpr char kCountRefused[] =
    "UPDATE log_in_failure SET refused = refused + 1 WHERE account_hash = $1 AND source = $2 RETURNING refused";
constexpr char kAnnounceLock[] = R"(
  UPDATE log_in_failure SET announced = false WHERE account_hash = $1 AND source = $2 AND locked_until IS NOT NULL AND announced)";

struct Row {
  Tries tries;
  bool announced;  // false: the trail knows of a lock, and not yet of its end
  int refused;     // since the lock began
  DatabaseTime now;
};

std::optional<Row> LockTries(pqxx::work& transaction, const LogInTry& attempt) {
  const pqxx::result rows = transaction.exec_params(kLockTries, attempt.account_hash, attempt.source);
  if (rows.empty()) return std::nullopt;
  Row row;
  row.announced = rows[0]["announced"].as<bool>();
  row.refused = rows[0]["refused"].as<int>();
  row.tries.taken = rows[0]["failures"].as<int>();
  if (!rows[0]["locked_until"].is_null())
    row.tries.locked_until = DatabaseTime(std::chrono::microseconds(rows[0]["locked_until"].as<std::int64_t>()));
  row.now = DatabaseTime(std::chrono::microseconds(transaction.exec(kNow)[0][0].as<std::int64_t>()));
  return row;
}

void WriteTries(pqxx::work& transaction, const LogInTry& attempt, const Tries& tries) {
  std::optional<std::int64_t> until;
  if (tries.locked_until) until = tries.locked_until->time_since_epoch().count();
  transaction.exec_params(kWriteTries, attempt.account_hash, attempt.source, tries.taken, until);
}

std::chrono::milliseconds Left(const Row& row) {
  return std::chrono::ceil<std::chrono::milliseconds>(account::LockedFor(row.tries, row.now));
}

void WriteTryEvent(pqxx::work& transaction, const LogInTry& attempt, const char* action, ErrorCode code,
                   const std::string& detail) {
  WriteEvent(transaction,
             {action,
              attempt.desk_id,
              {},
              static_cast<int>(code),
              detail,
              attempt.account_id.value_or(""),
              attempt.institution_code,
              attempt.actor},
             attempt.owner);
}

// The last try locks before it is compared: a lock that ended with the right password was never told of, but one of the
// tries it refused may have been.
void WriteLockEnded(pqxx::work& transaction, const LogInTry& attempt, bool announced, int refused) {
  if (!announced || refused > 1)
    WriteTryEvent(transaction, attempt, audit::action::kAccountLockEnded, ErrorCode{},
                  LockDetail(attempt.source, refused));
}

}  // namespace

Result<void> ChangeState(pqxx::work& transaction, const StateChange& change) {
  TRY_ASSIGN(const Binding before, LockAccount(transaction, change));
  TRY_ASSIGN(const Binding after, account::Apply(before, change.event, change.desk_id));
  if (change.event == Event::kActivate && !change.desk_id.empty()) TRY_VOID(LockDeskFor(transaction, change));
  const std::string state(Word(after.state));
  const std::string event(Word(change.event));
  transaction.exec_params(kWriteState, change.account_id, state, std::string(Word(after.holder)), after.desk_id,
                          after.reserved_for_desk, after.national_bound, after.national_release_due, change.reason,
                          event);
  const std::string& desk = after.desk_id.empty() ? before.desk_id : after.desk_id;
  transaction.exec_params(kWriteStep, change.account_id, event, state, desk, change.by);
  if (after.desk_id.empty()) transaction.exec_params(kEndLogIns, change.account_id);
  if (after.state == State::kEnded) {
    transaction.exec_params(kDestroySheet, change.account_id);
    transaction.exec_params(kVoidCode, change.account_id);
  }
  WriteEvent(transaction,
             {ActionOf(change.event),
              desk,
              {},
              0,
              std::string(Word(before.state)) + " to " + state,
              change.account_id,
              change.institution_code,
              change.by},
             change.owner);
  if (!desk.empty()) transaction.exec_params(kTellDesk, desk);
  return {};
}

Result<void> TakeTry(pqxx::work& transaction, const LogInTry& attempt, std::chrono::milliseconds& locked_for) {
  std::optional<Row> row = LockTries(transaction, attempt);
  while (!row) {  // the row between two statements may be forgotten by a right password, never for ever
    transaction.exec_params(kMakeTries, attempt.account_hash, attempt.source, attempt.account_id);
    row = LockTries(transaction, attempt);
  }
  const std::optional<Tries> taken = account::TakeTry(row->tries, row->now);
  if (!taken) {
    locked_for = Left(*row);
    return Error{ErrorCode::kLogInLocked, "locked for this source", {}};
  }
  WriteLockEnded(transaction, attempt, row->announced, row->refused);
  WriteTries(transaction, attempt, *taken);
  return {};
}

void CountRefused(pqxx::work& transaction, const LogInTry& attempt) {
  const pqxx::result counted = transaction.exec_params(kCountRefused, attempt.account_hash, attempt.source);
  if (!counted.empty() && counted[0][0].as<int>() == 1)
    WriteTryEvent(transaction, attempt, audit::action::kAccountLogInRefused, ErrorCode::kLogInLocked,
                  "from " + attempt.source);
}

std::string LockDetail(const std::string& source, int refused) {
  return "from " + source + (refused > 0 ? ", refused " + std::to_string(refused) : "");
}

std::chrono::milliseconds CountFailure(pqxx::work& transaction, const LogInTry& attempt) {
  WriteTryEvent(transaction, attempt, audit::action::kAccountLogInRefused, attempt.refused, "from " + attempt.source);
  const std::optional<Row> row = LockTries(transaction, attempt);
  if (!row) return std::chrono::milliseconds(0);  // somebody was right meanwhile
  const std::chrono::milliseconds left = Left(*row);
  if (left.count() == 0) return left;
  if (transaction.exec_params(kAnnounceLock, attempt.account_hash, attempt.source).affected_rows() > 0)
    WriteTryEvent(transaction, attempt, audit::action::kAccountLocked, ErrorCode::kLogInLocked,
                  "from " + attempt.source);
  return left;
}

void ReturnTry(pqxx::work& transaction, const LogInTry& attempt) {
  const std::optional<Row> row = LockTries(transaction, attempt);
  if (!row) return;
  WriteLockEnded(transaction, attempt, row->announced, row->refused);
  WriteTries(transaction, attempt, account::ReturnTry(row->tries, row->now));
}

void ForgetFailures(pqxx::work& transaction, const LogInTry& attempt) {
  const pqxx::result gone = transaction.exec_params(kForgetTries, attempt.account_hash, attempt.source);
  if (!gone.empty()) WriteLockEnded(transaction, attempt, gone[0][0].as<bool>(), gone[0][1].as<int>());
}

std::chrono::milliseconds LockLeft(pqxx::work& transaction, const LogInTry& attempt) {
  const std::optional<Row> row = LockTries(transaction, attempt);
  return row ? Left(*row) : std::chrono::milliseconds(0);
}

}  // namespace madoguchi::store
