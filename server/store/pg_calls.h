// SPDX-License-Identifier: Apache-2.0
// PgCalls: eligibility::CallBook over the table service_call. Times are the database's: a record says how long ago it
// was. Thread: any. `pool` outlives it.
#pragma once
#include "server/eligibility/call_book.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgCalls final : public eligibility::CallBook {
 public:
  PgCalls(PgPool& pool, std::string owner) : pool_(pool), owner_(std::move(owner)) {}
  Result<void> Write(const std::vector<eligibility::CallRecord>& records, Deadline deadline) override;
  Result<std::size_t> EndAbandoned(Deadline deadline) override;
  Result<std::vector<eligibility::UnknownCall>> TakeUnknown(Deadline deadline) override;
  Result<void> Reconcile(const eligibility::UnknownCall& call, eligibility::Became became, Deadline deadline) override;
  Result<bool> ForgetOld(Deadline deadline) override;
  Result<eligibility::CallPage> Search(const eligibility::CallSearch& search, Deadline deadline) override;

 private:
  PgPool& pool_;
  const std::string owner_;
};

}  // namespace madoguchi::store
