// SPDX-License-Identifier: Apache-2.0
// PgBreakGlass: console::BreakGlassBook over the tables break_glass_code and break_glass_use. Thread: any. `pool`
// outlives it.
#pragma once
#include "server/console/break_glass.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgBreakGlass final : public console::BreakGlassBook {
 public:
  PgBreakGlass(PgPool& pool, std::string owner) : pool_(pool), owner_(std::move(owner)) {}
  Result<void> Replace(const std::vector<std::string>& code_hashes, const std::string& by,
                       const account::Approval& approval, Deadline deadline) override;
  Result<std::vector<std::string>> Administrators(Deadline deadline) override;
  Result<void> UseUp(const Use& use, Deadline deadline) override;
  Result<std::vector<console::BreakGlassUse>> List(Deadline deadline) override;
  Result<console::BreakGlassUse> Review(const std::string& use_id, const std::string& by, const std::string& finding,
                                        Deadline deadline) override;
  Result<int> RaiseOverdue(Deadline deadline) override;

 private:
  PgPool& pool_;
  const std::string owner_;
};

}  // namespace madoguchi::store
