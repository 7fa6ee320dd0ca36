// SPDX-License-Identifier: Apache-2.0
// The trail as it is read: over a real console listener, from a real database.
#include "server/console/trail_review_service.h"

#include <algorithm>

#include "tests/server/console/trail_review_fixture.h"

namespace madoguchi::console {
namespace {

using store::Number;
using testing::AllOf;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Not;

TEST_F(TrailReviewServiceTest, EachFilterFindsItsRowsAndNoOthers) {
  Add("by-desk", "check.intent", "desk_id", "'" + desk_one_ + "'");
  Add("by-account", "check.outcome", "account_id", "'W0000009'");
  Add("by-operator", "check.outcome", "operator_code", "'S01'");
  Add("by-actor", "console.logged_in", "actor", "'ada@x'");
  Add("by-code", "check.outcome", "code", "1301");
  Add("by-press", "handoff.delivered", "press_id", std::string("'") + kPressOne + "'");
  Add("by-inquiry", "check.outcome", "inquiry_id", "'inquiry-1'");
  Add("old", "app.started", "", "", "'2026-01-02T03:04:05+09:00'");
  using R = v1::SearchTrailRequest;
  EXPECT_THAT(FindBy([&](R& r) { r.set_desk_id(desk_one_); }), ElementsAre("by-desk"));
  EXPECT_EQ(answer_.entries(0).event_ja().empty(), false);
  EXPECT_FALSE(answer_.entries(0).desk_name().empty());
  EXPECT_THAT(FindBy([](R& r) { r.set_account_id("W0000009"); }), ElementsAre("by-account"));
  EXPECT_THAT(FindBy([](R& r) { r.set_operator_code("S01"); }), ElementsAre("by-operator"));
  EXPECT_THAT(FindBy([](R& r) { r.set_actor("ada@x"); }), ElementsAre("by-actor"));
  EXPECT_THAT(FindBy([](R& r) { r.set_code(1301); }), ElementsAre("by-code"));
  EXPECT_FALSE(answer_.entries(0).code_text_ja().empty());
  EXPECT_THAT(FindBy([](R& r) { r.set_press_id(kPressOne); }), ElementsAre("by-press"));
  EXPECT_THAT(FindBy([](R& r) { r.set_inquiry_id("inquiry-1"); }), ElementsAre("by-inquiry"));
  EXPECT_THAT(FindBy([](R& r) { r.set_event("handoff.delivered"); }), ElementsAre("by-press"));
  EXPECT_THAT(FindBy([](R& r) { r.set_event("check.*"); }),
              ElementsAre("by-inquiry", "by-code", "by-operator", "by-account", "by-desk"));
  EXPECT_THAT(FindBy([](R& r) { r.set_outcome("refused"); }), ElementsAre("by-code"));
  EXPECT_THAT(FindBy([](R& r) { r.set_outcome("answered"); }),
              AllOf(Not(IsEmpty()), Not(testing::Contains("by-code"))));
  EXPECT_THAT(FindBy([](R& r) { r.set_until("2026-01-03T00:00:00+09:00"); }), ElementsAre("old"));
  EXPECT_THAT(FindBy([](R& r) {
                r.set_since("2026-01-03T00:00:00+09:00");
                r.set_event("app.started");
              }),
              IsEmpty());
  EXPECT_THAT(FindBy([&](R& r) {
                r.set_desk_id(desk_one_);
                r.set_event("check.*");
                r.set_outcome("answered");
              }),
              ElementsAre("by-desk"));
}

TEST_F(TrailReviewServiceTest, PagesHaveNoGapAndNothingTwiceWhileRowsArrive) {
  for (const char* event : {"", "check.*", "check.outcome"}) {
    Sql("SET session_replication_role = replica; DELETE FROM audit_event");
    constexpr int kRows = 30;
    for (int i = 0; i < kRows; ++i)  // five of each moment
      Add("row", "check.outcome", "", "",
          "'2026-05-01T00:00:00Z'::timestamptz + " + std::to_string(i / 5) + " * interval '1 day'");
    std::vector<std::int64_t> seen;
    v1::SearchTrailRequest request;
    request.set_event(event);
    request.set_until("2026-06-01T00:00:00Z");
    request.set_page_size(7);
    for (int page = 0; page < kRows; ++page) {
      ASSERT_LE(Find(kAud, request).size(), 7u);
      ASSERT_TRUE(status_.ok());
      for (const auto& entry : answer_.entries())
        if (entry.detail() == "row") seen.push_back(entry.sequence());
      if (answer_.next().empty()) break;
      request.set_before(answer_.next());
      Add("late", "check.outcome", "", "", "'2026-05-20T00:00:00Z'");
    }
    EXPECT_EQ(seen.size(), static_cast<std::size_t>(kRows)) << event;
    std::vector<std::int64_t> sorted = seen;
    std::sort(sorted.rbegin(), sorted.rend());
    EXPECT_EQ(std::unique(sorted.begin(), sorted.end()), sorted.end());
    EXPECT_EQ(seen, sorted);
  }
}

TEST_F(TrailReviewServiceTest, ASessionOfOneInstitutionSeesItsOwnRowsOnlyAndAViewerNone) {
  Add("one", "check.outcome", "institution_code", std::string("'") + kInstitution + "'");
  Add("other", "check.outcome", "institution_code", std::string("'") + kOtherInstitution + "'");
  Add("of nobody", "app.started");
  EXPECT_THAT(Find(kLocal, {}), ElementsAre("other"));
  v1::SearchTrailRequest request;
  request.set_institution_code(kInstitution);
  EXPECT_THAT(Find(kLocal, request), IsEmpty());
  EXPECT_EQ(CodeOfCall(status_), Number(ErrorCode::kInstitutionNotAllowed));
  EXPECT_THAT(Find(kAud, request), ElementsAre("one"));
  Find(kViv, {});
  EXPECT_EQ(CodeOfCall(status_), Number(ErrorCode::kRoleNotAllowed));
  EXPECT_EQ(answer_.entries_size(), 0);
}

TEST_F(TrailReviewServiceTest, EveryWrongFieldIsNamed) {
  using R = v1::SearchTrailRequest;
  const auto wrong = [&](const std::function<void(R&)>& fill) {
    FindBy(fill);
    EXPECT_EQ(CodeOfCall(status_), Number(ErrorCode::kTrailSearchInvalid));
    return Field();
  };
  EXPECT_EQ(wrong([](R& r) { r.set_since("yesterday"); }), "since");
  EXPECT_EQ(wrong([](R& r) { r.set_desk_id("desk 1"); }), "desk_id");
  EXPECT_EQ(wrong([](R& r) { r.set_press_id("'; DROP"); }), "press_id");
  EXPECT_EQ(wrong([](R& r) { r.set_event("no.such_word"); }), "event");
  EXPECT_EQ(wrong([](R& r) { r.set_event("no.*"); }), "event");
  EXPECT_EQ(wrong([](R& r) { r.set_outcome("lost"); }), "outcome");
  EXPECT_EQ(wrong([](R& r) { r.set_code(-1); }), "code");
  EXPECT_EQ(wrong([](R& r) { r.set_page_size(501); }), "page_size");
  for (const char* before : {"x", "1", "1-", "1-x", "-", "1-2-3", "-5-3", "9223372036854775807-1"})
    EXPECT_EQ(wrong([&](R& r) { r.set_before(before); }), "before") << before;
  EXPECT_EQ(wrong([](R& r) { r.set_actor(std::string(201, 'a')); }), "actor");
  EXPECT_EQ(wrong([](R& r) { r.mutable_patient(); }), "patient");
  EXPECT_EQ(wrong([&](R& r) {
              for (int i = 0; i < 11; ++i) *r.mutable_patient()->add_insurances() = Paper();
            }),
            "patient");
}

TEST_F(TrailReviewServiceTest, APatientIsFoundByEveryNumberAndEveryKeyAndByNothingElse) {
  const auto press = [](int number) { return "11111111-0000-4000-8000-00000000000" + std::to_string(number); };
  const auto add = [&](const std::string& name, int number, const std::string& column, const std::string& hash) {
    Add(name, "check.outcome", "press_id, " + column, "'" + press(number) + "', '" + hash + "'");
  };
  add("by number", 1, "patient_hash", PatientHash());
  add("second insurance", 2, "insurance_hash", "k:other," + InsuranceHash(keyed_hash_));
  add("old key", 3, "insurance_hash", InsuranceHash(retired_));
  add("somebody else", 4, "patient_hash", "k:somebody");
  Add("delivered", "handoff.delivered", "press_id", "'" + press(2) + "'");
  v1::ReadSubjectRequest request;
  *request.mutable_patient()->add_insurances() = Paper();
  v1::ReadSubjectResponse answer;
  const auto names = [&] {
    std::vector<std::string> found;
    answer.Clear();
    EXPECT_TRUE(stub_->Subject(As(Session(kAud)).get(), request, &answer).ok());
    for (const auto& entry : answer.entries()) found.push_back(entry.detail());
    return found;
  };
  EXPECT_THAT(names(), ElementsAre("delivered", "old key", "second insurance"));
  request.mutable_patient()->set_patient_number(kPatientNumber);
  EXPECT_THAT(names(), ElementsAre("delivered", "old key", "second insurance", "by number"));
  request.mutable_patient()->clear_insurances();
  EXPECT_THAT(names(), ElementsAre("by number"));
  request.mutable_patient()->set_patient_number("nobody");
  EXPECT_THAT(names(), IsEmpty());
  // The reading is in the trail, the numbers are not, in no row and no saved search.
  EXPECT_EQ(Events(audit::action::kAuditSubjectRead), 4);
  EXPECT_EQ(Count("audit_event WHERE audit_event::text LIKE '%" + std::string(kInsuredNumber) +
                  "%' OR audit_event::text LIKE '%" + kPatientNumber + "%'"),
            0);
  EXPECT_THAT(LastDetail(audit::action::kAuditSubjectRead), "filters=patient_number rows=0");
}

TEST_F(TrailReviewServiceTest, WhatIsReadIsRecordedFirstAndNothingIsGivenWhenItCannotBe) {
  Add("row", "check.outcome");
  v1::SearchTrailRequest request;
  request.set_since("2020-01-01T00:00:00Z");
  request.set_event("check.outcome");
  EXPECT_THAT(Find(kAud, request), ElementsAre("row"));
  EXPECT_EQ(Events(audit::action::kAuditSearched), 1);
  EXPECT_EQ(LastDetail(audit::action::kAuditSearched), "filters=since,event rows=1");
  EXPECT_EQ(Sql("SELECT actor FROM audit_event WHERE action = 'audit.searched'"), kAud);
  Sql("REVOKE INSERT ON audit_event FROM madoguchi_server");
  Sql("DO $$ DECLARE col text; BEGIN FOR col IN SELECT column_name FROM information_schema.column_privileges WHERE "
      "table_name = "
      "'audit_event' AND grantee = 'madoguchi_server' AND privilege_type = 'INSERT' LOOP EXECUTE format('REVOKE INSERT "
      "(%I) ON "
      "audit_event FROM madoguchi_server', col); END LOOP; END $$");
  EXPECT_THAT(Find(kAud, request), IsEmpty());
  EXPECT_FALSE(status_.ok());
  EXPECT_EQ(answer_.entries_size(), 0);
  v1::MakeTrailReportRequest month;
  month.set_month("2026-11");
  v1::MakeTrailReportResponse report;
  EXPECT_FALSE(stub_->Report(As(Session(kAud)).get(), month, &report).ok());
  EXPECT_EQ(report.checks(), 0u);
}

TEST_F(TrailReviewServiceTest, ATimelineIsInOrderAndSaysWhatLayBetween) {
  const std::string press = std::string("'") + kPressOne + "'";
  Add("intent", "check.intent", "press_id", press, "'2026-11-01T10:00:00.000+09:00'");
  Add("outcome", "check.outcome", "press_id", press, "'2026-11-01T10:00:01.234+09:00'");
  Add("other", "check.outcome", "press_id", std::string("'") + kPressTwo + "'");
  v1::ReadTimelineRequest request;
  request.set_press_id(kPressOne);
  v1::ReadTimelineResponse answer;
  ASSERT_TRUE(stub_->Timeline(As(Session(kAud)).get(), request, &answer).ok());
  ASSERT_EQ(answer.entries_size(), 2);
  EXPECT_EQ(answer.entries(0).detail(), "intent");
  EXPECT_EQ(answer.entries(0).recorded_at(), "2026-11-01T10:00:00.000000+09:00");
  EXPECT_EQ(answer.entries(1).after_ms(), 1234);
  request.set_account_id("W0000001");
  status_ = stub_->Timeline(As(Session(kAud)).get(), request, &answer);
  EXPECT_EQ(CodeOfCall(status_), Number(ErrorCode::kTrailSearchInvalid));
}

TEST_F(TrailReviewServiceTest, ChecksWithoutASubjectAreCountedByDeskAndMinute) {
  const std::string desk = "'" + desk_one_ + "', '";
  const std::string columns = "desk_id, operator_code, press_id, results, patient_hash";
  const auto add = [&](int press, const char* results, const char* hash) {
    Add("x", "check.outcome", columns,
        desk + "S01', '11111111-0000-4000-8000-00000000000" + std::to_string(press) + "', " + results + ", " + hash,
        "'2026-11-02T09:30:1" + std::to_string(press) + "+09:00'");
  };
  add(1, "1", "'k:a'");
  add(2, "1", "NULL");
  add(3, "0", "'k:b'");
  add(3, "0", "'k:b'");  // recorded again by a server that went on with it: still one check
  add(4, "0", "NULL");
  Add("x", "check.outcome", columns + ", insurance_hash",
      desk + "S02', '11111111-0000-4000-8000-000000000005', 1, NULL, 'k:i'", "'2026-11-02T09:30:15+09:00'");
  v1::CountWithoutSubjectRequest request;
  request.set_since("2026-11-01T00:00:00+09:00");
  request.set_until("2026-12-01T00:00:00+09:00");
  v1::CountWithoutSubjectResponse answer;
  ASSERT_TRUE(stub_->WithoutSubject(As(Session(kAud)).get(), request, &answer).ok());
  ASSERT_EQ(answer.minutes_size(), 1);
  EXPECT_EQ(answer.minutes(0).minute(), "2026-11-02T09:30:00+09:00");
  EXPECT_EQ(answer.minutes(0).checks(), 4u);
  EXPECT_EQ(answer.minutes(0).without_number(), 3u);
  EXPECT_EQ(answer.minutes(0).nobody_found(), 2u);
  EXPECT_EQ(answer.minutes(0).not_to_be_found(), 2u) << "one has an insurance";
  EXPECT_EQ(answer.minutes(0).operators(), "S01,S02");
  request.set_until("2026-12-03T00:00:00+09:00");
  status_ = stub_->WithoutSubject(As(Session(kAud)).get(), request, &answer);
  EXPECT_EQ(CodeOfCall(status_), Number(ErrorCode::kTrailSearchInvalid));
}

TEST_F(TrailReviewServiceTest, RightsOfADayAreThoseOfItsEnd) {
  Add("user=a@x role=auditor", "console.user_created", "actor", "'root'", "'2026-03-01T10:00:00+09:00'");
  Add("user=a@x role=administrator", "console.user_role_set", "actor", "'b@x'", "'2026-03-03T23:59:59+09:00'");
  const auto right_on = [&](const char* day) -> std::string {
    v1::ReadRightsRequest request;
    request.set_day(day);
    v1::ReadRightsResponse answer;
    EXPECT_TRUE(stub_->Rights(As(Session(kAud)).get(), request, &answer).ok());
    EXPECT_EQ(answer.trail_begins_at(), "2026-03-01T10:00:00.000000+09:00");
    return answer.rights_size() == 0
               ? ""
               : answer.rights(0).who() + " " + answer.rights(0).right() + " by " + answer.rights(0).given_by();
  };
  EXPECT_EQ(right_on("2026-02-28"), "");
  EXPECT_EQ(right_on("2026-03-02"), "a@x auditor by root");
  EXPECT_EQ(right_on("2026-03-03"), "a@x administrator by b@x");
}

TEST_F(TrailReviewServiceTest, TheReportCountsEachPressOnceInItsMonth) {
  int press = 0;
  const auto check = [&](const std::string& at, const char* method, int code, const char* who, const char* patient) {
    char id[40];
    std::snprintf(id, sizeof id, "22222222-0000-4000-8000-%012d", ++press);
    Add("x", "check.outcome", "desk_id, press_id, method, code, operator_code, patient_hash",
        "'" + desk_one_ + "', '" + id + "', '" + method + "', " + std::to_string(code) + ", " + who + ", " + patient,
        "'" + at + "'");
  };
  check("2026-10-31T23:59:59+09:00", "pin", 0, "'S01'", "'k:a'");      // the month before
  check("2026-11-02T09:00:00+09:00", "pin", 0, "'S01'", "'k:a'");      // Monday
  check("2026-11-02T21:00:00+09:00", "sight", 0, "'S01'", "NULL");     // late
  check("2026-11-01T10:00:00+09:00", "number", 1301, "NULL", "NULL");  // Sunday
  for (int i = 0; i < 3; ++i) check("2026-11-03T10:00:0" + std::to_string(i) + "+09:00", "pin", 0, "'S02'", "'k:b'");
  Add("x", "check.outcome", "press_id, method, code", "'22222222-0000-4000-8000-000000000002', 'pin', 1102",
      "'2026-11-02T08:59:00+09:00'");
  Add("x", "check.intent", "press_id, method, seconds", "'22222222-0000-4000-8000-000000000003', 'sight', 1",
      "'2026-11-02T20:59:59+09:00'");
  Add("x", "check.intent", "press_id, method", "'33333333-0000-4000-8000-000000000001', 'pin'",
      "'2026-11-04T10:00:00+09:00'");  // its server was killed
  for (const char* event : {"check.refused", "desk.press_refused", "desk.press_refused"})
    Add("x", event, "press_id, code", "'33333333-0000-4000-8000-000000000002', 1301", "'2026-11-04T10:00:00+09:00'");
  Add("x", "account.unlocked", "actor, account_id", "'ada@x', 'W0000001'", "'2026-11-05T10:00:00+09:00'");
  Add("x", "desk.policy_refusal", "desk_id, actor", "'" + desk_one_ + "', 'desk'", "'2026-11-05T10:00:00+09:00'");
  v1::MakeTrailReportRequest request;
  request.set_month("2026-11");
  request.set_burst(2);
  v1::MakeTrailReportResponse report;
  status_ = stub_->Report(As(Session(kAud)).get(), request, &report);
  ASSERT_TRUE(status_.ok()) << CodeOfCall(status_);
  EXPECT_EQ(report.checks(), 6u);
  EXPECT_EQ(report.answered(), 5u);
  EXPECT_EQ(report.by_sight(), 1u);
  EXPECT_EQ(report.without_outcome(), 1u);
  EXPECT_EQ(report.days_size(), 3);
  ASSERT_EQ(report.desks_size(), 1);
  EXPECT_EQ(report.desks(0).desk_id(), desk_one_);
  EXPECT_EQ(report.desks(0).checks(), 6u);
  EXPECT_EQ(report.desks(0).answered(), 5u);
  ASSERT_EQ(report.failures_size(), 1);
  EXPECT_EQ(report.failures(0).code(), 1301);
  EXPECT_EQ(report.failures(0).count(), 1u);
  EXPECT_EQ(report.failures(0).not_begun(), 1u) << "a press that was refused again and again is one";
  EXPECT_FALSE(report.failures(0).text_ja().empty());
  ASSERT_EQ(report.out_of_hours_size(), 2);
  EXPECT_EQ(report.out_of_hours(0).day(), "2026-11-01");
  EXPECT_EQ(report.out_of_hours(1).first_at(), "2026-11-02T21:00:00+09:00");
  ASSERT_EQ(report.bursts_size(), 1);
  EXPECT_EQ(report.bursts(0).checks(), 3u);
  ASSERT_EQ(report.acts_size(), 2);
  EXPECT_EQ(report.acts(0).kind() + " " + report.acts(0).who(), "unlock ada@x");
  EXPECT_EQ(report.acts(1).kind(), "refused_command");
  ASSERT_EQ(report.operators_size(), 3);
  const v1::OperatorUse& first = report.operators(0);
  EXPECT_EQ(first.operator_code(), "S01");
  EXPECT_EQ(first.checks(), 2u);
  EXPECT_EQ(first.by_sight(), 1u);
  EXPECT_EQ(first.sight_timed(), 1u);
  EXPECT_EQ(first.sight_under_two_seconds(), 1u);
  EXPECT_EQ(first.without_patient_number(), 1u);
  EXPECT_EQ(report.operators(2).operator_code(), "");
  EXPECT_EQ(report.operators(2).by_number(), 1u);
  EXPECT_EQ(Events(audit::action::kAuditReportMade), 1);
  request.set_month("2026-13");
  status_ = stub_->Report(As(Session(kAud)).get(), request, &report);
  EXPECT_EQ(CodeOfCall(status_), Number(ErrorCode::kTrailSearchInvalid));
}

// Ten from each of two desks within a minute are twenty of one operator; of desks where nobody is signed in they are
// ten each.
TEST_F(TrailReviewServiceTest, ABurstIsOfAnOperatorWhereverTheySitOrOfADesk) {
  int press = 0;
  for (const char* who : {"'S01'", "NULL"}) {
    for (const std::string& desk : {desk_one_, desk_two_}) {
      for (int i = 0; i < 10; ++i) {
        char id[40];
        std::snprintf(id, sizeof id, "44444444-0000-4000-8000-%012d", ++press);
        Add("x", "check.outcome", "desk_id, press_id, method, operator_code",
            "'" + desk + "', '" + id + "', 'pin', " + who, "'2026-11-02T09:00:30+09:00'");
      }
    }
  }
  v1::MakeTrailReportRequest request;
  request.set_month("2026-11");
  v1::MakeTrailReportResponse report;
  ASSERT_TRUE(stub_->Report(As(Session(kAud)).get(), request, &report).ok());
  ASSERT_EQ(report.bursts_size(), 1);
  EXPECT_EQ(report.bursts(0).operator_code(), "S01");
  EXPECT_EQ(report.bursts(0).checks(), 20u);
  EXPECT_EQ(report.bursts(0).desk_id(), "") << "there were two";
  EXPECT_NE(report.bursts(0).desk_name().find(", "), std::string::npos);
  request.set_burst(9);
  ASSERT_TRUE(stub_->Report(As(Session(kAud)).get(), request, &report).ok());
  EXPECT_EQ(report.bursts_size(), 3);
}

// No division by nothing, no row of nobody.
TEST_F(TrailReviewServiceTest, AMonthWithoutRowsIsAReportOfNothing) {
  v1::MakeTrailReportRequest request;
  request.set_month("2019-02");
  v1::MakeTrailReportResponse report;
  ASSERT_TRUE(stub_->Report(As(Session(kAud)).get(), request, &report).ok());
  EXPECT_EQ(report.checks() + report.answered() + report.without_outcome(), 0u);
  EXPECT_EQ(report.desks_size() + report.days_size() + report.failures_size() + report.operators_size(), 0);
  EXPECT_EQ(report.open_from(), 7u);
}

TEST_F(TrailReviewServiceTest, AReportOfOneInstitutionCountsItsOwnRows) {
  for (const char* code : {kInstitution, kOtherInstitution})
    Add("x", "check.outcome", "press_id, method, institution_code",
        std::string("gen_random_uuid(), 'pin', '") + code + "'", "'2026-11-02T09:00:00+09:00'");
  v1::MakeTrailReportRequest request;
  request.set_month("2026-11");
  v1::MakeTrailReportResponse report;
  ASSERT_TRUE(stub_->Report(As(Session(kAud)).get(), request, &report).ok());
  EXPECT_EQ(report.checks(), 2u);
  ASSERT_TRUE(stub_->Report(As(Session(kLocal)).get(), request, &report).ok());
  EXPECT_EQ(report.checks(), 1u);
  request.set_institution_code(kInstitution);
  status_ = stub_->Report(As(Session(kLocal)).get(), request, &report);
  EXPECT_EQ(CodeOfCall(status_), Number(ErrorCode::kInstitutionNotAllowed));
}

}  // namespace
}  // namespace madoguchi::console
