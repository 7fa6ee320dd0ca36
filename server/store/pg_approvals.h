// SPDX-License-Identifier: Apache-2.0
// PgApprovals: console::ApprovalBook over the table approval. What changes and its row in the trail are one
// transaction. Thread: any. `pool` outlives it.
#pragma once
#include "server/console/approval_book.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgApprovals final : public console::ApprovalBook {
 public:
  PgApprovals(PgPool& pool, std::string owner) : pool_(pool), owner_(std::move(owner)) {}
  Result<std::string> Propose(const console::Proposal& proposal, Deadline deadline) override;
  Result<void> Check(const account::Approval& approval, Deadline deadline) override;
  Result<std::vector<console::ApprovalFacts>> List(const console::SecondPerson& person, Deadline deadline) override;
  Result<console::ApprovalFacts> Decide(const std::string& approval_id, const console::SecondPerson& second,
                                        bool approved, Deadline deadline) override;
  Result<bool> ForgetEnded(Deadline deadline) override;

 private:
  PgPool& pool_;
  const std::string owner_;
};

}  // namespace madoguchi::store
