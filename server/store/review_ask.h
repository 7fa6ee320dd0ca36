// SPDX-License-Identifier: Apache-2.0
// One question to the trail: a read-only transaction whose statements see the same rows. A statement that takes longer
// than kStatementTimeMax is TRAIL_SEARCH_INVALID with the detail "since": what helps is to ask about less. Thread: any.
#pragma once
#include <pqxx/pqxx>

#include "server/store/pg_pool.h"
#include "server/store/review_sql.h"

namespace madoguchi::store {

inline constexpr int kReviewPlansMax = 24;  // kept by one connection; about 1 MB each over five years of partitions

// Runs one statement of a question; with `one_plan` by the plan that the connection keeps for this text.
pqxx::result ExecuteReview(pqxx::work& transaction, const ReviewSql& asked);

template <class Act>
auto AskTrail(PgPool& pool, Deadline deadline, const Act& act) -> decltype(act(std::declval<pqxx::work&>())) {
  constexpr char kQueryCanceled[] = "57014";  // PostgreSQL appendix A; also: statement_timeout ran out
  return pool.Run(deadline, [&](pqxx::work& transaction) -> decltype(act(transaction)) {
    try {
      transaction.exec("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY");
      return act(transaction);
    } catch (const pqxx::sql_error& thrown) {
      if (thrown.sqlstate() != kQueryCanceled) throw;
      return Error{ErrorCode::kTrailSearchInvalid, "since", {}};
    }
  });
}

}  // namespace madoguchi::store
