// SPDX-License-Identifier: Apache-2.0
// Pages of a search on the real database: lately and before, and the rows of a person's presses.
#include "server/store/pg_review.h"

#include <gmock/gmock.h>

#include "server/store/review_sql.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

using audit::ReviewQuery;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr char kPress[] = "11111111-0000-4000-8000-000000000001",
               kOtherPress[] = "22222222-0000-4000-8000-000000000002";

class PgReviewTest : public StoreTest {
 protected:
  // A row so many days ago; `detail` says which it is.
  void Add(const std::string& detail, int days_ago, const std::string& more_columns = "",
           const std::string& values = "") {
    Sql("INSERT INTO audit_event (record_id, owner, action, desk_id, detail, recorded_at" + more_columns +
        ") VALUES (gen_random_uuid(), 'test', 'check.outcome', '" + desk_one_ + "', '" + detail +
        "', now() - interval '" + std::to_string(days_ago) + " days'" + values + ")");
  }
  void AddOfPress(const std::string& detail, int days_ago, const std::string& press_id,
                  const std::string& patient = "") {
    Add(detail, days_ago, ", press_id, patient_hash", ", '" + press_id + "', nullif('" + patient + "', '')");
  }
  // All pages, a row's detail each.
  std::vector<std::string> Found(ReviewQuery query) {
    std::vector<std::string> found;
    for (int page = 0; page < kPagesMax; ++page) {
      const auto told = review_.Search(query, Soon());
      EXPECT_EQ(CodeOf(told), 0);
      if (!told.ok()) break;
      for (const audit::ReviewRow& row : told->rows)
        found.push_back(row.values[static_cast<std::size_t>(audit::Field::kDetail)]);
      EXPECT_LE(told->rows.size(), query.rows);
      if (!told->next) break;
      query.after = told->next;
    }
    return found;
  }
  static constexpr int kPagesMax = 20;
  AnswerLimit limit_;
  PgPool pool_{server_url(), 1, limit_};
  PgReview review_{pool_};
};

TEST_F(PgReviewTest, PagesGoOnFromWhatWasLatelyToWhatWasBefore) {
  for (const int days_ago : {1, 61, 63, 400, 401, 2000}) Add(std::to_string(days_ago), days_ago);
  for (const std::size_t rows : {1U, 2U, 3U, 6U, 50U}) {
    ReviewQuery query;
    query.rows = rows;
    query.actions = {"check.outcome"};
    EXPECT_THAT(Found(query), ElementsAre("1", "61", "63", "400", "401", "2000")) << rows;
    query.desk_id = desk_one_;
    EXPECT_THAT(Found(query), ElementsAre("1", "61", "63", "400", "401", "2000")) << rows;
    query.oldest_first = true;
    EXPECT_THAT(Found(query), ElementsAre("2000", "401", "400", "63", "61", "1")) << rows;
  }
}

TEST_F(PgReviewTest, ARowOfAClockThatStoodAheadIsTheNewest) {
  Add("now", 0);
  Add("ahead", -40);
  ReviewQuery query;
  query.actions = {"check.outcome"};
  EXPECT_THAT(Found(query), ElementsAre("ahead", "now"));
}

TEST_F(PgReviewTest, OfAPersonAllRowsOfEachPressAreFound) {
  AddOfPress("asked", 700, kPress);
  AddOfPress("answered", 700, kPress, "k:one");
  AddOfPress("told late", 671, kPress);
  AddOfPress("somebody else", 700, kOtherPress, "k:two");
  ReviewQuery query;
  query.of_patient = true;
  query.patient_hashes = {"k:one"};
  EXPECT_THAT(Found(query), ElementsAre("told late", "answered", "asked"));
  query.rows = 1;
  EXPECT_THAT(Found(query), ElementsAre("told late", "answered", "asked")) << "page by page";
  query.actions = {"check.intent"};
  EXPECT_THAT(Found(query), IsEmpty());
  query.actions.clear();
  query.patient_hashes = {"k:one", "k:two"};
  EXPECT_EQ(Found(query).size(), 4U);
  query.until = Sql("SELECT (now() - interval '690 days')::text");
  EXPECT_EQ(Found(query).size(), 3U) << "what was told later is outside the span";
  query.since = query.until;
  query.until.clear();
  EXPECT_THAT(Found(query), ElementsAre("told late")) << "of a press from before the span";
}

TEST_F(PgReviewTest, SomebodyWhoWasNeverHereIsFoundNowhere) {
  AddOfPress("answered", 1, kPress, "k:one");
  ReviewQuery query;
  query.of_patient = true;
  EXPECT_THAT(Found(query), IsEmpty()) << "no number at all";
  query.patient_hashes = {"k:none"};
  query.insurance_hashes = {"k:none"};
  EXPECT_THAT(Found(query), IsEmpty());
  EXPECT_EQ(*review_.Count(query, 10, Soon()), 0U);
}

TEST_F(PgReviewTest, MorePressesThanASearchCanBeAboutAreSaidAndASpanHelps) {
  Sql("INSERT INTO audit_event (record_id, owner, action, desk_id, detail, recorded_at, press_id, patient_hash) "
      "SELECT gen_random_uuid(), 'test', 'check.outcome', '" +
      desk_one_ +
      "', 'row', now() - n * interval '1 hour', gen_random_uuid(), 'k:one' "
      "FROM generate_series(1, " +
      std::to_string(kPatientPressesMax + 1) + ") AS n");
  ReviewQuery query;
  query.of_patient = true;
  query.patient_hashes = {"k:one"};
  const auto refused = review_.Search(query, Soon());
  ASSERT_EQ(CodeOf(refused), static_cast<int>(ErrorCode::kTrailSearchInvalid));
  EXPECT_EQ(refused.error().detail, "since");
  query.since = Sql("SELECT (now() - interval '10 hours 30 minutes')::text");
  EXPECT_EQ(Found(query).size(), 10U);
}

}  // namespace
}  // namespace madoguchi::store
