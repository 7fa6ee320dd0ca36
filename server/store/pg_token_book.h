// SPDX-License-Identifier: Apache-2.0
// PgTokenBook: identity::TokenBook over the table enrolment_token. Time is the database's. Thread: any. `pool` outlives
// it.
#pragma once
#include "server/identity/token_book.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgTokenBook final : public identity::TokenBook {
 public:
  explicit PgTokenBook(PgPool& pool) : pool_(pool) {}
  // A token of a revoked desk is invalid too. DATABASE_OUTCOME_IN_DOUBT: it may be used up; the desk needs a new one
  // then.
  Result<identity::Enrolled> Redeem(ByteView token_sha256, Deadline deadline) override;

 private:
  PgPool& pool_;
};

}  // namespace madoguchi::store
