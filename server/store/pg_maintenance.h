// SPDX-License-Identifier: Apache-2.0
// PgMaintenance: console::MaintenanceBook over maintenance. Thread: any. `pool` outlives it.
#pragma once
#include "server/console/maintenance_book.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgMaintenance final : public console::MaintenanceBook {
 public:
  // `owner`: this server process, on rows of the trail.
  PgMaintenance(PgPool& pool, std::string owner) : pool_(pool), owner_(std::move(owner)) {}
  Result<std::vector<console::MaintenanceFacts>> List(Deadline deadline) override;
  Result<std::int64_t> Open(const std::string& company, const std::string& plan, std::chrono::minutes expected,
                            const std::string& by, Deadline deadline) override;
  Result<void> Close(std::int64_t number, const std::string& done, const std::string& by, Deadline deadline) override;
  Result<int> RemindOfOverdue(Deadline deadline) override;

 private:
  PgPool& pool_;
  const std::string owner_;
};

}  // namespace madoguchi::store
