// SPDX-License-Identifier: Apache-2.0
// Marks of review, saved searches and exports: over a real console listener, from a real database.
#include <algorithm>

#include "tests/server/console/trail_review_fixture.h"

namespace madoguchi::console {
namespace {

using store::Number;
using testing::ElementsAre;
using testing::HasSubstr;

TEST_F(TrailReviewServiceTest, AMarkOfReviewIsARowAndCoversWhatIsBeforeIt) {
  Sql("SET session_replication_role = replica; DELETE FROM audit_event");  // what the fixture wrote
  Add("first", "app.started");
  Add("second", "app.started");
  v1::MarkReviewedRequest request;
  v1::MarkReviewedResponse mark;
  status_ = stub_->MarkReviewed(As(Session(kAud)).get(), request, &mark);
  EXPECT_EQ(CodeOfCall(status_), Number(ErrorCode::kTrailSearchInvalid)) << "nothing has its place yet";
  AddLeaves(1);
  status_ = stub_->MarkReviewed(As(Session(kAud)).get(), request, &mark);
  ASSERT_TRUE(status_.ok()) << CodeOfCall(status_);
  EXPECT_EQ(mark.review().size(), 1);
  EXPECT_EQ(mark.review().by(), kAud);
  EXPECT_FALSE(mark.review().to().empty());
  EXPECT_THAT(LastDetail(audit::action::kAuditReviewed), testing::StartsWith("size=1 from="));
  v1::SearchTrailRequest search;
  search.set_event("app.started");
  EXPECT_THAT(Find(kAud, search), ElementsAre("second", "first"));
  EXPECT_TRUE(answer_.entries(1).reviewed());
  EXPECT_EQ(answer_.entries(1).leaf(), 1);
  EXPECT_FALSE(answer_.entries(0).reviewed());
  search.set_not_reviewed(true);
  EXPECT_THAT(Find(kAud, search), ElementsAre("second"));
  v1::ListReviewsResponse list;
  ASSERT_TRUE(stub_->ListReviews(As(Session(kAud)).get(), {}, &list).ok());
  EXPECT_EQ(list.reviews_size(), 1);
  EXPECT_EQ(list.size(), 1);
  EXPECT_EQ(LastDetail(audit::action::kAuditSearched), "filters=reviews rows=1");
  // An auditor of one institution marks for it alone.
  AddLeaves(100);
  ASSERT_TRUE(stub_->MarkReviewed(As(Session(kLocal)).get(), request, &mark).ok());
  EXPECT_EQ(mark.review().institution_code(), kOtherInstitution);
  EXPECT_THAT(Find(kAud, search), ElementsAre("second"));
}

TEST_F(TrailReviewServiceTest, SavedSearchesAreTheUsersOwnAndNeverHoldAPatient) {
  v1::SaveTrailSearchRequest save;
  v1::SaveTrailSearchResponse saved;
  save.set_name("番号での照会");
  save.mutable_search()->set_event("check.*");
  ASSERT_TRUE(stub_->SaveSearch(As(Session(kAud)).get(), save, &saved).ok());
  save.mutable_search()->set_code(1301);
  ASSERT_TRUE(stub_->SaveSearch(As(Session(kAud)).get(), save, &saved).ok()) << "replaced";
  v1::ListTrailSearchesResponse list;
  ASSERT_TRUE(stub_->ListSearches(As(Session(kAud)).get(), {}, &list).ok());
  ASSERT_EQ(list.searches_size(), 1);
  EXPECT_EQ(list.searches(0).search().code(), 1301);
  ASSERT_TRUE(stub_->ListSearches(As(Session(kAda)).get(), {}, &list).ok());
  EXPECT_EQ(list.searches_size(), 0);
  *save.mutable_search()->mutable_patient()->add_insurances() = Paper();
  status_ = stub_->SaveSearch(As(Session(kAud)).get(), save, &saved);
  EXPECT_EQ(Field(), "search");
  save.mutable_search()->clear_patient();
  for (const std::string& name : {std::string(), std::string(61, 'a'), std::string("a\nb")}) {
    save.set_name(name);
    status_ = stub_->SaveSearch(As(Session(kAud)).get(), save, &saved);
    EXPECT_EQ(Field(), "name");
  }
  Sql("INSERT INTO saved_search (user_id, name, search) SELECT '" + std::string(kAud) +
      "', 'n' || n, '' FROM generate_series(1, 49) AS n");
  save.set_name("one too many");
  status_ = stub_->SaveSearch(As(Session(kAud)).get(), save, &saved);
  EXPECT_EQ(Field(), "name");
  v1::DeleteTrailSearchRequest gone;
  v1::DeleteTrailSearchResponse deleted;
  gone.set_name("番号での照会");
  ASSERT_TRUE(stub_->DeleteSearch(As(Session(kAud)).get(), gone, &deleted).ok());
  status_ = stub_->DeleteSearch(As(Session(kAud)).get(), gone, &deleted);
  EXPECT_EQ(CodeOfCall(status_), Number(ErrorCode::kSavedSearchUnknown));
}

TEST_F(TrailReviewServiceTest, ASearchIsKeptAndRemovedTogetherWithItsRow) {
  v1::SaveTrailSearchRequest save;
  save.set_name("x");
  save.mutable_search()->set_event("check.*");
  v1::SaveTrailSearchResponse saved;
  v1::DeleteTrailSearchRequest gone;
  gone.set_name("x");
  v1::DeleteTrailSearchResponse deleted;
  Sql("INSERT INTO saved_search (user_id, name, search) VALUES ('" + std::string(kAud) + "', 'x', '')");
  EXPECT_FALSE(stub_->DeleteSearch(As(Session(kAda)).get(), gone, &deleted).ok()) << "another user's";
  const std::string aud = Session(kAud);
  Sql("CREATE FUNCTION refuse_saved() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE "
      "= "
      "'disk_full'; END $$");
  Sql("CREATE TRIGGER refuse_saved BEFORE INSERT ON audit_event FOR EACH ROW WHEN (NEW.action LIKE 'audit.search_%') "
      "EXECUTE FUNCTION refuse_saved()");
  EXPECT_FALSE(stub_->DeleteSearch(As(aud).get(), gone, &deleted).ok());
  save.set_name("y");
  EXPECT_FALSE(stub_->SaveSearch(As(aud).get(), save, &saved).ok());
  EXPECT_EQ(Sql("SELECT string_agg(name, ',') FROM saved_search"), "x") << "neither removed nor kept";
}

TEST_F(TrailReviewServiceTest, AnExportHasEveryRowOfTheSearchOnce) {
  constexpr int kRows = 600;
  Sql("INSERT INTO audit_event (record_id, owner, action, detail) SELECT gen_random_uuid(), 'test', 'check.outcome', "
      "'row ' || n FROM "
      "generate_series(1, " +
      std::to_string(kRows) + ") AS n");
  std::uint32_t rows = 0;
  const auto exported = [&](v1::TrailExportFormat format, const char* event = "check.outcome") {
    v1::ExportTrailSearchRequest request;
    request.mutable_search()->set_event(event);
    request.set_format(format);
    const auto context = As(Session(kAud));
    const auto reader = stub_->Export(context.get(), request);
    std::string text;
    v1::ExportTrailSearchResponse piece;
    rows = 0;
    while (reader->Read(&piece)) {
      text += piece.content();
      rows += piece.rows();
    }
    status_ = reader->Finish();
    return text;
  };
  const std::string csv = exported(v1::TRAIL_EXPORT_CSV_EXCEL);
  EXPECT_TRUE(status_.ok());
  EXPECT_THAT(csv, testing::StartsWith("\xEF\xBB\xBFsequence,"));
  EXPECT_EQ(std::count(csv.begin(), csv.end(), '\n'), kRows + 1);
  for (int n = 1; n <= kRows; ++n) EXPECT_NE(csv.find(",row " + std::to_string(n) + ","), std::string::npos);
  EXPECT_EQ(rows, static_cast<std::uint32_t>(kRows));
  EXPECT_THAT(LastDetail(audit::action::kAuditSearchExported), HasSubstr("rows=600"));
  const std::string fhir = exported(v1::TRAIL_EXPORT_FHIR);
  EXPECT_EQ(std::count(fhir.begin(), fhir.end(), '\n'), kRows);
  // What the call itself writes came later than what it gives.
  for (std::uint32_t before = 2; before <= 3; ++before) {
    exported(v1::TRAIL_EXPORT_CSV, audit::action::kAuditSearchExported);
    EXPECT_EQ(rows, before);
    EXPECT_THAT(LastDetail(audit::action::kAuditSearchExported), HasSubstr("rows=" + std::to_string(before)));
  }
  EXPECT_EQ(exported(v1::TRAIL_EXPORT_CSV, "handoff.delivered"), exported(v1::TRAIL_EXPORT_CSV, "handoff.read"));
  EXPECT_EQ(rows, 0u);
  EXPECT_THAT(exported(v1::TRAIL_EXPORT_CSV, "handoff.read"), testing::StartsWith("sequence,")) << "the names, alone";
  exported(v1::TRAIL_EXPORT_FORMAT_UNSPECIFIED);
  EXPECT_EQ(Field(), "format");
}

}  // namespace
}  // namespace madoguchi::console
