// SPDX-License-Identifier: Apache-2.0
// Each filter of a search finds its index in every partition: what the planner says, over a trail of many months; and
// whose plan is kept.
#include "server/store/review_sql.h"

#include <gmock/gmock.h>

#include <functional>

#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

using audit::ReviewQuery;
using testing::HasSubstr;
using testing::Not;

// Three months of 20,000 checks and little else, with statistics.
class ReviewSqlTest : public StoreTest {
 protected:
  ReviewSqlTest() {
    Sql(R"(DO $$ BEGIN
      FOR n IN 1..3 LOOP
        EXECUTE format('CREATE TABLE %I PARTITION OF audit_event FOR VALUES FROM (%L) TO (%L)', 'far_' || n,
                       ('2030-01-01'::timestamp + make_interval(months => n)) AT TIME ZONE 'Asia/Tokyo',
                       ('2030-01-01'::timestamp + make_interval(months => n + 1)) AT TIME ZONE 'Asia/Tokyo');
      END LOOP; END $$)");
    Sql(R"(INSERT INTO audit_event (record_id, owner, recorded_at, action, desk_id, account_id, operator_code, actor, press_id, inquiry_id, code,
             patient_hash, insurance_hash, institution_code)
      SELECT gen_random_uuid(), 'test', '2030-02-01T00:00:00+09:00'::timestamptz + n * interval '2 minutes',
        CASE WHEN n % 997 = 0 THEN 'handoff.refused' ELSE 'check.outcome' END, md5((n % 40)::text)::uuid, 'W' || lpad((n % 40)::text, 7, '0'),
        'S' || n % 60, 'user' || n % 60, md5(n::text)::uuid, 'inquiry-' || n, CASE WHEN n % 200 = 0 THEN 1301 ELSE 0 END,
        'k:' || md5((n % 20000)::text), 'k:' || md5((n % 20000)::text) || ',k:' || md5('b' || n % 20000),
        CASE WHEN n % 5000 = 0 THEN '1319999999' ELSE '1311234567' END
      FROM generate_series(0, 59999) AS n)");
    Sql("ANALYZE audit_event");
  }
  // The plan, a line each; of a person, that of both steps.
  std::string Plan(const std::function<void(ReviewQuery&)>& fill) const {
    ReviewQuery query;
    fill(query);
    if (!query.of_patient) return PlanOf(PlacesSql(query));
    return PlanOf(PressesSql(query)) +
           PlanOf(PlacesSql(query, {{"c4ca4238-a0b9-2382-0dcc-509a6f75849b"}, {1'901'234'567'890'123}}));
  }
  std::string PlanOf(const ReviewSql& asked) const {
    pqxx::connection connection(server_url());
    pqxx::work transaction(connection);
    // As it is run: with the plan for any values where that is the one that is kept.
    if (asked.one_plan) {
      transaction.exec("SET LOCAL plan_cache_mode = force_generic_plan");
      for (const char* method : {"enable_sort", "enable_incremental_sort", "enable_seqscan", "jit"})
        transaction.exec(std::string("SET LOCAL ") + method + " = off");
    }
    std::string plan;
    for (const pqxx::row& row :
         transaction.exec_params("EXPLAIN " + asked.sql, pqxx::prepare::make_dynamic_params(asked.values)))
      plan += std::string(row[0].c_str()) + "\n";
    return plan;
  }
};

TEST_F(ReviewSqlTest, NoSelectiveFilterReadsAWholePartition) {
  using Q = ReviewQuery;
  const std::pair<const char*, std::function<void(Q&)>> filters[] = {
      {"no filter", [](Q&) {}},
      {"desk", [](Q& q) { q.desk_id = "c4ca4238-a0b9-2382-0dcc-509a6f75849b"; }},
      {"account", [](Q& q) { q.account_id = "W0000007"; }},
      {"operator", [](Q& q) { q.operator_code = "S7"; }},
      {"actor", [](Q& q) { q.actor = "user7"; }},
      {"press", [](Q& q) { q.press_id = "c4ca4238-a0b9-2382-0dcc-509a6f75849b"; }},
      {"inquiry", [](Q& q) { q.inquiry_id = "inquiry-7"; }},
      {"one event", [](Q& q) { q.actions = {"handoff.refused"}; }},
      {"a family",
       [](Q& q) {
         q.actions = {"handoff.refused", "handoff.delivered", "handoff.read"};
       }},
      {"one event of one institution",
       [](Q& q) {
         q.actions = {"handoff.refused"};
         q.institution_codes = {"1319999999"};
       }},
      {"refused", [](Q& q) { q.outcome = Q::Outcome::kRefused; }},
      {"code", [](Q& q) { q.code = 1301; }},
      {"code at a desk by an operator",
       [](Q& q) {
         q.code = 1301;
         q.desk_id = "c4ca4238-a0b9-2382-0dcc-509a6f75849b";
         q.operator_code = "S7";
       }},
      {"an institution of few rows", [](Q& q) { q.institution_codes = {"1319999999"}; }},
      {"a desk of an institution",
       [](Q& q) {
         q.desk_id = "c4ca4238-a0b9-2382-0dcc-509a6f75849b";
         q.institution_codes = {"1311234567", "1319999999"};
       }},
      {"desk and actor",
       [](Q& q) {
         q.desk_id = "c4ca4238-a0b9-2382-0dcc-509a6f75849b";
         q.actor = "user7";
       }},
      {"patient",
       [](Q& q) {
         q.of_patient = true;
         q.patient_hashes = {"k:a", "k:b"};
         q.insurance_hashes = {"k:c", "k:d"};
       }},
      {"desk, later page",
       [](Q& q) {
         q.desk_id = "c4ca4238-a0b9-2382-0dcc-509a6f75849b";
         q.after = audit::ReviewPlace{1'910'000'000'000'000, 900};
       }},
      {"desk, oldest first", [](Q& q) {
         q.desk_id = "c4ca4238-a0b9-2382-0dcc-509a6f75849b";
         q.oldest_first = true;
       }}};
  for (const auto& [name, fill] : filters) {
    const std::string plan = Plan(fill);
    // The others hold next to nothing: reading one page is what the planner should do there.
    for (int month = 1; month <= 3; ++month)
      EXPECT_THAT(plan, Not(HasSubstr("Seq Scan on far_" + std::to_string(month) + " "))) << name << "\n" << plan;
  }
}

TEST_F(ReviewSqlTest, ASpanOfTimeLeavesTheOtherPartitionsAlone) {
  const std::string plan = Plan([](ReviewQuery& query) {
    query.since = "2030-04-01T00:00:00+09:00";
    query.until = "2030-05-01T00:00:00+09:00";
    query.desk_id = "c4ca4238-a0b9-2382-0dcc-509a6f75849b";
  });
  EXPECT_THAT(plan, HasSubstr("far_3"));
  EXPECT_THAT(plan, Not(HasSubstr("far_2")));
  EXPECT_THAT(plan, Not(HasSubstr("far_4")));
}

// What is told for the filters whose index does not follow from the planner's statistics.
TEST_F(ReviewSqlTest, EachLeadingFilterReadsTheIndexThatIsMadeForIt) {
  EXPECT_THAT(Plan([](ReviewQuery& q) { q.institution_codes = {"1319999999"}; }),
              HasSubstr("institution_code_recorded"));
  EXPECT_THAT(Plan([](ReviewQuery& q) { q.actions = {"handoff.refused"}; }), HasSubstr("action_recorded"));
  EXPECT_THAT(Plan([](ReviewQuery& q) {
                q.code = 1301;
                q.desk_id = "c4ca4238-a0b9-2382-0dcc-509a6f75849b";
              }),
              HasSubstr("desk_id_code"));
}

// One text for each kind of question, so that one plan is kept; pages behind a place and spans of time are no kind.
TEST(ReviewSqlText, QuestionsOfOneKindHaveOneText) {
  ReviewQuery query;
  query.desk_id = "c4ca4238-a0b9-2382-0dcc-509a6f75849b";
  const ReviewSql first = PlacesSql(query);
  EXPECT_TRUE(first.one_plan);
  query.since = "2030-04-01T00:00:00+09:00";
  query.after = audit::ReviewPlace{1'901'234'567'890'123, 900};
  query.rows = 7;
  const ReviewSql later = PlacesSql(query);
  EXPECT_EQ(first.sql, later.sql);
  EXPECT_THAT(later.values, testing::Contains("2030-04-01T00:42:47.890123Z"));
  query.actor = "user7";
  EXPECT_FALSE(PlacesSql(query).one_plan) << "which index is better depends on how often they occur";
}

}  // namespace
}  // namespace madoguchi::store
