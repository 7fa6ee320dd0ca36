// SPDX-License-Identifier: Apache-2.0
// Connection: one connection to PostgreSQL, and transactions on it. Revival is off: a dropped connection stays dropped, because what was
// prepared, locked and set on it would be gone without a word.
// Thread: one at a time. Errors: see pg_error.h.
#pragma once
#include <chrono>
#include <memory>
#include <pqxx/pqxx>
#include <string>

#include "contract/result.h"
#include "server/store/pg_error.h"

namespace madoguchi::store {

inline constexpr std::chrono::seconds kConnectTimeMax{2};      // libpq's smallest (manual §34.1.2)
inline constexpr std::chrono::seconds kStatementTimeMax{5};
inline constexpr std::chrono::seconds kSilentNetworkMax{5};    // TCP only: unacknowledged data, then the connection is dead
inline constexpr int kTransactionAttemptsMax = 3;              // after conflicts with other transactions

class Connection {
 public:
  // url: a libpq connection string or URI. `purpose` is shown in pg_stat_activity as "madoguchi_<purpose>".
  static Result<std::unique_ptr<Connection>> Open(const std::string& url, const std::string& purpose,
                                                  std::chrono::milliseconds statement_time_max = kStatementTimeMax);

  // False: dropped; this object is of no more use.
  bool usable() const { return raw_.is_open(); }
  pqxx::connection& raw() { return raw_; }

  // Runs act(pqxx::work&) → Result<T> in one transaction: committed when ok, else rolled back.
  template <class Act>
  auto Transact(Act&& act) -> decltype(act(std::declval<pqxx::work&>())) {
    for (int attempt = 1;; ++attempt) {
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
  explicit Connection(const std::string& connection_string) : raw_(connection_string), quiet_(raw_) {}
  pqxx::connection raw_;
  pqxx::quiet_errorhandler quiet_;  // notices of the database quote values: they are not printed
};

}  // namespace madoguchi::store
