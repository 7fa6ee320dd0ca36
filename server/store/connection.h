// SPDX-License-Identifier: Apache-2.0
// Connection: one connection to PostgreSQL, and transactions on it. Revival is off: a dropped connection stays dropped,
// because what was prepared, locked and set on it would be gone without a word. Thread: one at a time. Errors: see
// pg_error.h. No wait here is longer than connecting, a statement and the answer limit allow.
#pragma once
#include <chrono>
#include <memory>
#include <pqxx/pqxx>
#include <string>

#include "contract/result.h"
#include "server/store/answer_limit.h"
#include "server/store/pg_error.h"

namespace madoguchi::store {

inline constexpr std::chrono::seconds kConnectTimeMax{2};  // libpq's smallest (manual §34.1.2)
inline constexpr std::chrono::seconds kStatementTimeMax{5};
inline constexpr std::chrono::seconds kSilentNetworkMax{5};  // TCP only: data not acknowledged for so long is lost
inline constexpr int kTransactionAttemptsMax = 3;            // after conflicts with other transactions

class Connection {
 public:
  // url: a libpq connection string or URI. `purpose` is shown in pg_stat_activity as "madoguchi_<purpose>". `limit`
  // outlives the connection; without one (commands an administrator can interrupt) an answer may be waited for without
  // end.
  static Result<std::unique_ptr<Connection>> Open(const std::string& url, const std::string& purpose,
                                                  AnswerLimit* limit,
                                                  std::chrono::milliseconds statement_time_max = kStatementTimeMax);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // False: dropped; this object is of no more use.
  bool usable() const { return raw_.is_open(); }
  pqxx::connection& raw() { return raw_; }

  // Runs act(pqxx::work&) → Result<T> in one transaction: committed when ok, else rolled back.
  template <class Act>
  auto Transact(Act&& act) -> decltype(act(std::declval<pqxx::work&>())) {
    for (int attempt = 1;; ++attempt) {
      const AnswerLimit::Watch watch(limit_, socket_);
      try {
        pqxx::work transaction(raw_);
        auto result = act(transaction);
        if (result.ok()) transaction.commit();
        return result;
      } catch (...) {
        Failure failure = CurrentFailure();
        if (!failure.again || attempt == kTransactionAttemptsMax) return std::move(failure.error);
      }
    }
  }

 private:
  Connection(const std::string& connection_string, AnswerLimit* limit);
  AnswerLimit* const limit_;
  pqxx::connection raw_;
  const int socket_;  // ours, a second name of the library's: its own may be closed and given to another under a Watch
  pqxx::quiet_errorhandler quiet_;  // notices of the database quote values: they are not printed
};

}  // namespace madoguchi::store
