// SPDX-License-Identifier: Apache-2.0
// PgTrailKeeping: console::KeepingBook over the partitions of audit_event, trail_hold and trail_tombstone. Thread: any.
// `pool` outlives it.
#pragma once
#include "server/console/keeping_book.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgTrailKeeping final : public console::KeepingBook {
 public:
  // `owner`: this server process, on rows of the trail.
  PgTrailKeeping(PgPool& pool, std::string owner) : pool_(pool), owner_(std::move(owner)) {}
  Result<std::vector<console::PartitionFacts>> Partitions(int retention_years, Deadline deadline) override;
  Result<std::vector<console::HoldFacts>> Holds(Deadline deadline) override;
  Result<std::int64_t> PlaceHold(const console::NewHold& hold, const std::string& by, Deadline deadline) override;
  Result<void> LiftHold(std::int64_t number, const std::string& by, const account::Approval& approval,
                        Deadline deadline) override;

 private:
  PgPool& pool_;
  const std::string owner_;
};

}  // namespace madoguchi::store
