// SPDX-License-Identifier: Apache-2.0
// PgPool: a few connections, borrowed for one transaction each and never held across a card trip or a call to the
// national service. Connections are opened when first needed; a dropped one is thrown away. Thread: any; calls block up
// to their deadline. Errors: DATABASE_BUSY (none free in time), DATABASE_UNREACHABLE, and what the transaction gives.
#pragma once
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "contract/deadline.h"
#include "contract/result.h"
#include "server/store/connection.h"

namespace madoguchi::store {

inline constexpr std::size_t kPoolConnectionsDefault = 8;
inline constexpr std::size_t kPoolConnectionsMax = 64;

class PgPool {
 public:
  // `limit` outlives the pool.
  PgPool(std::string url, std::size_t connections_max, AnswerLimit& limit);
  // Precondition of the end: every Lease is gone.
  ~PgPool() = default;
  PgPool(const PgPool&) = delete;
  PgPool& operator=(const PgPool&) = delete;

  class Lease {
   public:
    Lease(PgPool& pool, std::unique_ptr<Connection> connection, bool fresh)
        : pool_(&pool), connection_(std::move(connection)), fresh_(fresh) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease();
    Connection* operator->() { return connection_.get(); }
    bool fresh() const { return fresh_; }  // opened for this lease

   private:
    PgPool* pool_;
    std::unique_ptr<Connection> connection_;  // empty after a move
    bool fresh_;
  };
  Result<Lease> Borrow(Deadline deadline);

  // act(pqxx::work&) → Result<T> in one transaction on a borrowed connection. A connection that was found dead (the
  // database was restarted since it was last used) is replaced once: nothing was committed on it.
  template <class Act>
  auto Run(Deadline deadline, Act&& act) -> decltype(act(std::declval<pqxx::work&>())) {
    for (;;) {
      TRY_ASSIGN(Lease lease, Borrow(deadline));
      auto result = lease->Transact(act);
      const bool was_dead = !result.ok() && result.error().code == ErrorCode::kDatabaseUnreachable && !lease.fresh();
      if (!was_dead) return result;
      DropIdle();
    }
  }

 private:
  void Return(std::unique_ptr<Connection> connection);
  void DropIdle();
  const std::string url_;
  AnswerLimit& limit_;
  const std::size_t connections_max_;
  std::mutex mutex_;
  std::condition_variable returned_;
  std::vector<std::unique_ptr<Connection>> idle_;  // guarded by mutex_
  std::size_t open_ = 0;                           // idle and lent; guarded by mutex_
};

}  // namespace madoguchi::store
