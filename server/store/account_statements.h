// SPDX-License-Identifier: Apache-2.0
// Pieces of transactions about device accounts that several parts of this module share. Each runs inside the caller's transaction and
// writes the trail's row with what it changes: both are there, or neither. Lock order everywhere: device_account, then desk, then the rest.
#pragma once
#include <chrono>
#include <optional>
#include <pqxx/pqxx>
#include <string>

#include "contract/result.h"
#include "server/account/account_state.h"

namespace madoguchi::store {

struct StateChange {
  std::string institution_code, account_id;
  account::Event event;
  std::string desk_id;   // kActivate: to which desk; else empty
  std::string by;        // user id, "desk", "server", "root"
  std::string reason;
  std::string owner;     // this server process, for the trail
};

// Row-locks the account, applies account::Next, writes state, dates, binding, account_step and audit_event, and NOTIFYs
// "madoguchi_desk" with the desk it was or is bound to. ACCOUNT_UNKNOWN · STATE_NOT_POSSIBLE · ACCOUNT_BOUND_ELSEWHERE.
Result<void> ChangeState(pqxx::work& transaction, const StateChange& change);

// Tries at log-in (table log_in_failure; rules: account/lock.h). account_hash: account::TypedAccount; source: account::SourceOf….
struct LogInTry {
  std::string account_hash, source;
  std::optional<std::string> account_id;  // nothing: no such account
  std::string owner;
  std::string desk_id = {};           // for the trail; empty: none
  std::string institution_code = {};  // for the trail; empty: none
  std::string actor = {};             // for the trail: "desk", "staff:<code>"; empty: does not matter
  ErrorCode refused = ErrorCode::kLogInRefused;  // what a wrong one is told
};
// The order that holds without a connection during the hash:
//   transaction 1  TakeTry, committed   → hash → transaction 2  right: ForgetFailures · wrong: CountFailure · unanswered: ReturnTry
// Each row-locks the pair, so that parallel guesses are counted one by one before any is answered: at most five are.
// TakeTry: LOG_IN_LOCKED, how long it still lasts is in `locked_for`. A try is counted from here on.
Result<void> TakeTry(pqxx::work& transaction, const LogInTry& attempt, std::chrono::milliseconds& locked_for);
// After LOG_IN_LOCKED, in the same transaction, which the caller lets commit. The first refusal of a lock has its row in the trail, the
// others are counted in the row of the lock's end: whoever goes on trying does not fill the trail.
void CountRefused(pqxx::work& transaction, const LogInTry& attempt);
// The detail of the rows that tell of a lock's end.
std::string LockDetail(const std::string& source, int refused);
// The try that was taken was wrong: writes its trail row, and the lock's when it was the last. → how long it is locked from now on
// (zero: not yet). The caller answers with an error but must let this transaction commit.
std::chrono::milliseconds CountFailure(pqxx::work& transaction, const LogInTry& attempt);
void ReturnTry(pqxx::work& transaction, const LogInTry& attempt);
void ForgetFailures(pqxx::work& transaction, const LogInTry& attempt);
// Without taking anything; zero: not locked.
std::chrono::milliseconds LockLeft(pqxx::work& transaction, const LogInTry& attempt);

}  // namespace madoguchi::store
