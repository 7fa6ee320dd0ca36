// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_pool.h"

#include <algorithm>
#include <utility>

namespace madoguchi::store {

PgPool::PgPool(std::string url, std::size_t connections_max, AnswerLimit& limit)
    : url_(std::move(url)),
      limit_(limit),
      connections_max_(std::clamp<std::size_t>(connections_max, 1, kPoolConnectionsMax)) {}

PgPool::Lease::~Lease() {
  if (connection_) pool_->Return(std::move(connection_));
}

Result<PgPool::Lease> PgPool::Borrow(Deadline deadline) {
  {
    std::unique_lock lock(mutex_);
    if (!returned_.wait_until(lock, deadline.at(), [this] { return !idle_.empty() || open_ < connections_max_; })) {
      return Error{ErrorCode::kDatabaseBusy, "no connection became free in time", {}};
    }
    if (!idle_.empty()) {
      std::unique_ptr<Connection> connection = std::move(idle_.back());
      idle_.pop_back();
      return Lease(*this, std::move(connection), false);
    }
    ++open_;  // the place is ours; connecting needs no lock
  }
  Result<std::unique_ptr<Connection>> opened = Connection::Open(url_, "pool", &limit_);
  if (!opened) {
    Return(nullptr);
    return std::move(opened).error();
  }
  return Lease(*this, std::move(opened).value(), true);
}

void PgPool::Return(std::unique_ptr<Connection> connection) {
  {
    const std::lock_guard lock(mutex_);
    if (connection && connection->usable()) {
      idle_.push_back(std::move(connection));
    } else {
      --open_;
    }
  }
  returned_.notify_one();
}

void PgPool::DropIdle() {
  std::vector<std::unique_ptr<Connection>> dropped;
  {
    const std::lock_guard lock(mutex_);
    dropped.swap(idle_);
    open_ -= dropped.size();
  }
  returned_.notify_all();
}

}  // namespace madoguchi::store
