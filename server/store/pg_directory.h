// SPDX-License-Identifier: Apache-2.0
// PgDirectory: desk::Directory over the tables desk and device_account. Thread: any. `pool` outlives it.
#pragma once
#include <string>
#include <utility>

#include "server/desk/directory.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgDirectory final : public desk::Directory {
 public:
  // `owner`: this server process, on rows of the trail.
  PgDirectory(PgPool& pool, std::string owner) : pool_(pool), owner_(std::move(owner)) {}
  // A desk with accounts for several institution codes that asked for none is given the usable, logged in one with the
  // lowest code.
  Result<desk::DeskRecord> LoadDesk(const desk::DeskQuery& query, Deadline deadline) override;
  Result<void> RecordArrival(const desk::DeskQuery& query, const desk::Arrival& arrival, Deadline deadline) override;

 private:
  PgPool& pool_;
  const std::string owner_;
};

}  // namespace madoguchi::store
