// SPDX-License-Identifier: Apache-2.0
#include "server/store/review_ask.h"

#include "contract/crypto/digest.h"

namespace madoguchi::store {
namespace {

// Until the transaction ends. A connection that keeps as many plans as it may makes a new one each time. A plan for any
// value is made without knowing how many rows a value has: sorting months of them must not look cheaper than the index
// that has them in order. What is switched off costs so much that PostgreSQL would compile the plan, for seconds.
constexpr char kUsePlan[] = R"(
  SELECT set_config('plan_cache_mode', CASE WHEN (SELECT count(*) FROM pg_prepared_statements WHERE name <> $1) < $2::int
                                            THEN 'force_generic_plan' ELSE 'auto' END, true),
         set_config('enable_sort', 'off', true), set_config('enable_incremental_sort', 'off', true),
         set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true))";
constexpr std::size_t kNameBytes = 16;  // of the text's hash: PostgreSQL cuts names after 63 characters

}  // namespace

pqxx::result ExecuteReview(pqxx::work& transaction, const ReviewSql& asked) {
  const auto values = pqxx::prepare::make_dynamic_params(asked.values);
  if (!asked.one_plan) return transaction.exec_params(asked.sql, values);
  const crypto::Sha256Digest digest = crypto::Sha256(AsBytes(asked.sql));
  const std::string name = "review_" + ToHex(ByteView(digest).first(kNameBytes));
  const pqxx::row mode = transaction.exec_params1(kUsePlan, name, kReviewPlansMax);
  if (mode[0].as<std::string>() == "auto") return transaction.exec_params(asked.sql, values);
  transaction.conn().prepare(name, asked.sql);  // nothing when it is there
  return transaction.exec_prepared(name, values);
}

}  // namespace madoguchi::store
