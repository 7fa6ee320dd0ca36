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

// Log-in failures (table log_in_failure; rules: account/lock.h). account_hash and source as the table says.
struct LogInTry {
  std::string account_hash, source;
  std::optional<std::string> account_id;  // nothing: no such account
  std::string owner;
};
// LOG_IN_LOCKED: how long it still lasts is in `locked_for`. Row-locks the pair, so that parallel guesses count one by one.
Result<void> RefuseWhileLocked(pqxx::work& transaction, const LogInTry& attempt, std::chrono::milliseconds& locked_for);
// Counts one wrong password; → how long it is locked from now on (zero: not yet). Writes the lock's trail row.
std::chrono::milliseconds CountFailure(pqxx::work& transaction, const LogInTry& attempt);
void ForgetFailures(pqxx::work& transaction, const LogInTry& attempt);

}  // namespace madoguchi::store
