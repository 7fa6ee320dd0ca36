// SPDX-License-Identifier: Apache-2.0
// Plans that a connection keeps: one for each kind of question, no more than it may, and the same answers with and
// without.
#include "server/store/review_ask.h"

#include <gtest/gtest.h>

#include <functional>

#include "server/store/pg_review.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

using audit::ReviewQuery;

class ReviewAskTest : public StoreTest {
 protected:
  ReviewAskTest() {
    Sql("INSERT INTO audit_event (record_id, owner, action, desk_id, account_id, operator_code, actor, press_id, "
        "inquiry_id, "
        "code, institution_code) SELECT gen_random_uuid(), 'test', 'check.outcome', '" +
        desk_one_ +
        "', 'W0000001', 'S01', 'ada@x', '11111111-0000-4000-8000-000000000001', 'i-1', 1301, '1311234567' "
        "FROM generate_series(1, 3)");
  }
  int KeptPlans() {
    const auto counted = pool_.Run(Soon(), [](pqxx::work& transaction) -> Result<int> {
      return transaction.exec1("SELECT count(*) FROM pg_prepared_statements WHERE name LIKE 'review_%'")[0].as<int>();
    });
    return counted.ok() ? *counted : -1;
  }
  AnswerLimit limit_;
  PgPool pool_{server_url(), 1, limit_};
  PgReview review_{pool_};
};

TEST_F(ReviewAskTest, PlansAreKeptUpToALimitAndEveryQuestionIsAnswered) {
  using Q = ReviewQuery;
  const std::function<void(Q&)> kinds[] = {[&](Q& q) { q.desk_id = desk_one_; },
                                           [](Q& q) { q.account_id = "W0000001"; },
                                           [](Q& q) { q.operator_code = "S01"; },
                                           [](Q& q) { q.actor = "ada@x"; },
                                           [](Q& q) { q.press_id = "11111111-0000-4000-8000-000000000001"; },
                                           [](Q& q) { q.inquiry_id = "i-1"; },
                                           [](Q& q) { q.code = 1301; },
                                           [](Q& q) { q.actions = {"check.outcome"}; },
                                           [](Q& q) { q.institution_codes = {"1311234567"}; }};
  int asked = 0;
  for (const bool oldest_first : {false, true}) {
    for (const std::size_t rows : {audit::kReviewPageUsual, audit::kReviewPageMax}) {
      for (const auto& fill : kinds) {
        for (int twice = 0; twice < 2; ++twice, ++asked) {
          Q query;
          fill(query);
          query.oldest_first = oldest_first;
          query.rows = rows;
          const auto page = review_.Search(query, Soon());
          ASSERT_TRUE(page.ok()) << page.error().detail;
          EXPECT_EQ(page->rows.size(), 3u) << asked;
        }
        const int pages = oldest_first ? 2 : 1;  // what stands in a page is one question more, in each direction
        EXPECT_EQ(KeptPlans(), std::min(asked / 2 + pages, kReviewPlansMax)) << "one for each kind";
      }
    }
  }
  EXPECT_GT(asked / 2, kReviewPlansMax) << "the limit was tried";
}

// A kept plan must not see a trail without the months that came since.
TEST_F(ReviewAskTest, AKeptPlanFindsRowsOfAMonthThatIsNew) {
  ReviewQuery query;
  query.actor = "ada@x";
  ASSERT_EQ(review_.Search(query, Soon())->rows.size(), 3u);
  Sql("CREATE TABLE far PARTITION OF audit_event FOR VALUES FROM ('2031-01-01') TO ('2031-02-01')");
  Sql("INSERT INTO audit_event (record_id, owner, action, actor, recorded_at) VALUES (gen_random_uuid(), 'test', "
      "'app.started', "
      "'ada@x', '2031-01-15')");
  EXPECT_EQ(review_.Search(query, Soon())->rows.size(), 4u);
}

}  // namespace
}  // namespace madoguchi::store
