// SPDX-License-Identifier: Apache-2.0
// PgMethods: check::MethodBook over method_rule and desk.zone. Thread: any. `pool` outlives it.
#pragma once
#include "server/check/method_book.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgMethods final : public check::MethodBook {
 public:
  // `owner`: this server process, on rows of the trail.
  PgMethods(PgPool& pool, std::string owner) : pool_(pool), owner_(std::move(owner)) {}
  Result<std::vector<check::MethodRule>> List(const std::vector<std::string>& allowed, Deadline deadline) override;
  Result<std::vector<check::DeskMethods>> Now(const std::vector<std::string>& allowed, Deadline deadline) override;
  Result<std::int64_t> Add(const check::MethodRule& rule, const check::MethodAct& act, Deadline deadline) override;
  Result<void> Remove(std::int64_t number, const check::MethodAct& act, Deadline deadline) override;
  Result<void> SetZone(const std::string& desk_id, const std::string& zone, const check::MethodAct& act,
                       Deadline deadline) override;

 private:
  PgPool& pool_;
  const std::string owner_;
};

}  // namespace madoguchi::store
