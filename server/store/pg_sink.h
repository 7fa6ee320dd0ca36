// SPDX-License-Identifier: Apache-2.0
// PgSink: audit::SinkBook over trail_follower and the tree. The hold is an advisory lock of a session, and everything
// that needs it is said on that one connection: when the connection is gone, so is the hold, and nothing more can be
// noted. Thread: as SinkBook. Ownership: `pool` (for Lag and Tell) and `limit` outlive it.
#pragma once
#include <memory>
#include <string>

#include "server/audit/sink.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgSink final : public audit::SinkBook {
 public:
  // name: of the follower, one per kind of sink: "sink.file", "sink.syslog".
  // owner: this server process, as its rows of the trail name it.
  PgSink(std::string url, std::string name, std::string owner, PgPool& pool, AnswerLimit& limit);
  Result<bool> Hold() override;
  void Release() override;
  Result<audit::SinkBatch> Next() override;
  Result<void> Taken(const audit::SinkBatch& batch) override;
  Result<void> Failed(ErrorCode code) override;
  Result<audit::SinkLag> Lag(Deadline deadline) override;
  Result<bool> Tell(bool behind, const audit::SinkLag& lag, Deadline deadline) override;

 private:
  // act(pqxx::work&) on the connection of the hold.
  template <class Act>
  auto WhileHeld(Act&& act) -> decltype(act(std::declval<pqxx::work&>())) {
    if (!connection_) return Error{ErrorCode::kDatabaseUnreachable, "the sink is not held", {}};
    return connection_->Transact(act);
  }

  const std::string url_, name_, owner_;
  PgPool& pool_;
  AnswerLimit& limit_;
  std::unique_ptr<Connection> connection_;
  bool held_ = false;
};

}  // namespace madoguchi::store
