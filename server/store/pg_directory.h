// SPDX-License-Identifier: Apache-2.0
// PgDirectory: desk::Directory over the tables desk and device_account. Thread: any. `pool` outlives it.
#pragma once
#include "server/desk/directory.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgDirectory final : public desk::Directory {
 public:
  explicit PgDirectory(PgPool& pool) : pool_(pool) {}
  // A desk with accounts for several institution codes is given the usable one with the lowest code.
  Result<desk::DeskRecord> LoadDesk(const std::string& desk_id, Deadline deadline) override;

 private:
  PgPool& pool_;
};

}  // namespace madoguchi::store
