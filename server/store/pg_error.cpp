// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_error.h"

#include <pqxx/pqxx>
#include <string_view>

namespace madoguchi::store {
namespace {

// PostgreSQL appendix A (error codes).
constexpr std::string_view kLockNotAvailable = "55P03";
constexpr std::string_view kQueryCanceled = "57014";  // also: statement_timeout ran out
constexpr std::string_view kDiskFull = "53100";
constexpr std::string_view kTooManyConnections = "53300";
constexpr std::string_view kOperatorIntervention = "57P";  // 57P01 shut down, 57P02 crashed, 57P03 starting up

// The first line only: where the server was sought, never a password; libpq puts none there.
std::string FirstLine(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

Failure OfSqlError(const pqxx::sql_error& thrown) {
  const std::string& state = thrown.sqlstate();
  ErrorCode code = ErrorCode::kDatabaseError;
  if (state.starts_with(kOperatorIntervention)) code = ErrorCode::kDatabaseUnreachable;
  if (state == kDiskFull) code = ErrorCode::kDatabaseFull;
  if (state == kLockNotAvailable || state == kQueryCanceled || state == kTooManyConnections)
    code = ErrorCode::kDatabaseBusy;
  return {Error{code, "sqlstate " + (state.empty() ? std::string("unknown") : state), {}}, false, thrown.what()};
}

}  // namespace

Failure CurrentFailure() {
  try {
    throw;
  } catch (const pqxx::in_doubt_error&) {
    return {Error{ErrorCode::kDatabaseOutcomeInDoubt, "connection lost while committing", {}}, false, {}};
  } catch (const pqxx::statement_completion_unknown&) {
    return {Error{ErrorCode::kDatabaseOutcomeInDoubt, "sqlstate 40003", {}}, false, {}};
  } catch (const pqxx::broken_connection& thrown) {
    return {Error{ErrorCode::kDatabaseUnreachable, FirstLine(thrown.what()), {}}, false, thrown.what()};
  } catch (const pqxx::transaction_rollback& thrown) {  // 40001 serialization failure, 40P01 deadlock
    return {Error{ErrorCode::kDatabaseBusy, "in conflict with another transaction", {}}, true, thrown.what()};
  } catch (const pqxx::sql_error& thrown) {
    return OfSqlError(thrown);
  } catch (const std::exception& thrown) {  // misuse of the library, or out of memory: its text holds no row
    return {Error{ErrorCode::kDatabaseError, FirstLine(thrown.what()), {}}, false, thrown.what()};
  }
}

}  // namespace madoguchi::store
