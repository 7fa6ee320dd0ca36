// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_applications.h"

#include <functional>
#include <future>

#include "contract/crypto/random.h"
#include "tests/server/account/sealed_test.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

using account::ApplicationKind;
using account::ApplicationState;

constexpr char kInstitution[] = "1311234567";
const Bytes kPdf{'%', 'P', 'D', 'F', '-', '1', '.', '7'};

class PgApplicationsTest : public StoreTest {
 protected:
  PgApplicationsTest() {
    Sql("UPDATE institution SET type = 1, name = '窓口', category = 'paper_claims'");
    Sql("INSERT INTO console_user (user_id, name, role, credentials_made_by) VALUES ('hanako@example.jp', '試験', "
        "'administrator', 'bootstrap')");
  }
  static account::ApplicationRequest Request(ApplicationKind kind = ApplicationKind::kUse) {
    account::ApplicationRequest request;
    request.request_id = UuidText(crypto::NewUuid());
    request.institution_code = kInstitution;
    request.kind = kind;
    request.applicant = "試験　花子";
    request.staff_count = 10;
    request.devices = 2;
    request.terms_version = account::kTermsVersion;
    request.attachments = {{"notice.pdf", "application/pdf", kPdf}};
    request.by = "hanako@example.jp";
    return request;
  }
  Result<account::Application> Apply(const account::ApplicationRequest& request, PgApplications& book,
                                     ApplicationState state = ApplicationState::kSubmitted) {
    account::Problems problems;
    return book.Apply(request, Bytes{1, 2, 3, 4}, state, problems, Soon());
  }
  account::Acceptance AcceptanceOf(const std::string& application_id, int first, int count, char code = '1') {
    account::Acceptance acceptance{application_id, {}, "2026-11-22", {}};
    for (int i = first; i < first + count; ++i) {
      const std::string account_id = "W000000" + std::to_string(i);
      acceptance.accounts.push_back(
          {account_id, {"$argon2id$test", account_id + code, Bytes(60, static_cast<std::uint8_t>(i))}});
    }
    auto mail = account::SealMail(seal_, {"hanako@example.jp", "application.accepted", "s", "t"});
    EXPECT_TRUE(mail.ok());
    acceptance.mail = *mail;
    return acceptance;
  }
  const crypto::Seal seal_ = account::TestSeal();
  AnswerLimit limit_;
  PgPool pool_{server_url(), 4, limit_};
  PgApplications one_{pool_, "server-one"}, two_{pool_, "server-two"};
};

TEST_F(PgApplicationsTest, StoresAnApplicationOnceForOneRequestId) {
  const auto request = Request();
  const auto first = Apply(request, one_);
  ASSERT_EQ(CodeOf(first), 0);
  EXPECT_EQ(first->state, ApplicationState::kSubmitted);
  EXPECT_TRUE(first->proof_by_bank_account);
  EXPECT_EQ(first->attachments, std::vector<std::string>{"notice.pdf"});
  ASSERT_EQ(first->history.size(), 1U);
  EXPECT_EQ(first->history[0].by, "hanako@example.jp");
  const auto again = Apply(request, two_);
  ASSERT_EQ(CodeOf(again), 0);
  EXPECT_EQ(again->number, first->number);
  EXPECT_EQ(Count("application"), 1);
  EXPECT_EQ(Count("audit_event WHERE action = 'account.application_submitted' AND actor = 'hanako@example.jp'"), 1);
}

TEST_F(PgApplicationsTest, OfTwoApplicationsForUseAtTheSameMomentOneIsTaken) {
  std::vector<std::future<int>> tries;
  for (int i = 0; i < 4; ++i)
    tries.push_back(
        std::async(std::launch::async, [this, i] { return CodeOf(Apply(Request(), i % 2 == 0 ? one_ : two_)); }));
  int taken = 0;
  for (auto& attempt : tries) {
    const int code = attempt.get();
    EXPECT_TRUE(code == 0 || code == Number(ErrorCode::kApplicationNotPossible)) << code;
    taken += code == 0 ? 1 : 0;
  }
  EXPECT_EQ(taken, 1);
}

TEST_F(PgApplicationsTest, WithoutACategoryNothingIsStoredAndTheFieldIsNamed) {
  Sql("UPDATE institution SET category = NULL");
  account::Problems problems;
  EXPECT_EQ(CodeOf(one_.Apply(Request(), {}, ApplicationState::kSubmitted, problems, Soon())),
            Number(ErrorCode::kApplicationNotPossible));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].field, "category");
  EXPECT_EQ(Count("application"), 0);
}

TEST_F(PgApplicationsTest, GivesADueApplicationToOneServerOnly) {
  ASSERT_EQ(CodeOf(Apply(Request(), one_)), 0);
  const auto taken = one_.TakeDue(Soon());
  ASSERT_EQ(CodeOf(taken), 0);
  ASSERT_TRUE(taken->has_value());
  EXPECT_EQ((*taken)->application.devices, 2U);
  EXPECT_EQ((*taken)->application.attachments.at(0).content, kPdf);
  EXPECT_EQ((*taken)->bank_last4_sealed, (Bytes{1, 2, 3, 4}));
  EXPECT_EQ((*taken)->polls, 1);
  const auto second = two_.TakeDue(Soon());
  ASSERT_EQ(CodeOf(second), 0);
  EXPECT_FALSE(second->has_value());
}

TEST_F(PgApplicationsTest, AProcessThatDiedWithAnApplicationLosesItToAnother) {
  ASSERT_EQ(CodeOf(Apply(Request(), one_)), 0);
  ASSERT_TRUE(one_.TakeDue(Soon())->has_value());
  Sql("UPDATE application SET next_poll_at = next_poll_at - interval '91 seconds'");
  const auto taken = two_.TakeDue(Soon());
  ASSERT_TRUE(taken.ok() && taken->has_value());
  EXPECT_EQ((*taken)->polls, 2);
}

TEST_F(PgApplicationsTest, AnAcceptanceIssuesEverythingAtOnceAndForgetsTheBankAccount) {
  const auto request = Request();
  ASSERT_EQ(CodeOf(Apply(request, one_)), 0);
  ASSERT_EQ(CodeOf(one_.Received(request.request_id, "R-1", std::chrono::milliseconds(0), Soon())), 0);
  ASSERT_EQ(CodeOf(one_.Accept(AcceptanceOf(request.request_id, 5, 2), Soon())), 0);
  EXPECT_EQ(Sql("SELECT state || coalesce(encode(bank_last4_sealed, 'hex'), ' forgotten') FROM application"),
            "accepted forgotten");
  EXPECT_EQ(Count("device_account WHERE account_id IN ('W0000005', 'W0000006') AND state = 'issued' AND password_hash "
                  "IS NOT NULL"),
            2);
  EXPECT_EQ(Count("sealed_sheet WHERE source = 'national' AND issued_on = '2026-11-22'"), 2);
  EXPECT_EQ(Count("activation_code WHERE spent_at IS NULL AND void_at IS NULL"), 2);
  EXPECT_EQ(Count("outgoing_mail WHERE recipient = 'hanako@example.jp'"), 1);
  EXPECT_EQ(Count("notice WHERE kind = 'application.accepted'"), 1);
  EXPECT_EQ(Count("audit_event WHERE action = 'account.issued'"), 2);
  const auto listed = one_.List({kInstitution}, Soon());
  ASSERT_EQ(CodeOf(listed), 0);
  const account::Application& application = listed->at(0);
  EXPECT_EQ(application.accounts_issued, 2U);
  EXPECT_EQ(application.accounts_free, 2U);
  EXPECT_EQ(application.receipt, "R-1");
  ASSERT_EQ(application.history.size(), 3U);
  EXPECT_EQ(application.history[2].by, "national");
  Sql("UPDATE device_account SET state = 'active', holder = 'phone' WHERE account_id = 'W0000005'");
  EXPECT_EQ(one_.List({}, Soon())->at(0).accounts_in_use, 1U);
}

TEST_F(PgApplicationsTest, AnAcceptanceThatCannotBeStoredWholeStoresNothing) {
  const auto request = Request();
  ASSERT_EQ(CodeOf(Apply(request, one_)), 0);
  // W0000001 is in use at a desk already.
  EXPECT_EQ(CodeOf(one_.Accept(AcceptanceOf(request.request_id, 0, 2), Soon())), Number(ErrorCode::kSheetAlreadyUsed));
  EXPECT_EQ(Count("device_account WHERE account_id = 'W0000000'"), 0);
  EXPECT_EQ(Count("outgoing_mail"), 0);
  EXPECT_EQ(Sql("SELECT state FROM application"), "submitted");
}

TEST_F(PgApplicationsTest, IsDecidedOnce) {
  const auto request = Request();
  ASSERT_EQ(CodeOf(Apply(request, one_)), 0);
  ASSERT_EQ(CodeOf(one_.Reject(request.request_id, "書類が足りません", Soon())), 0);
  EXPECT_EQ(CodeOf(two_.Accept(AcceptanceOf(request.request_id, 5, 2), Soon())), Number(ErrorCode::kStateNotPossible));
  EXPECT_EQ(CodeOf(one_.Withdraw(request.request_id, "", "hanako@example.jp", Soon())),
            Number(ErrorCode::kStateNotPossible));
  const auto found = one_.Find(kInstitution, request.request_id, Soon());
  ASSERT_EQ(CodeOf(found), 0);
  EXPECT_EQ(found->reason, "書類が足りません");
  EXPECT_EQ(CodeOf(one_.Find("0111013719", request.request_id, Soon())), Number(ErrorCode::kNotFoundHere));
}

TEST_F(PgApplicationsTest, IsWithdrawnBeforeItIsSentAndNotWhileItIsBeingSent) {
  const auto first = Request();
  ASSERT_EQ(CodeOf(Apply(first, one_)), 0);
  ASSERT_EQ(CodeOf(one_.Withdraw(first.request_id, "", "hanako@example.jp", Soon())), 0);
  const auto second = Request();
  ASSERT_EQ(CodeOf(Apply(second, one_)), 0);
  ASSERT_TRUE(one_.TakeDue(Soon())->has_value());
  EXPECT_EQ(CodeOf(one_.Withdraw(second.request_id, "", "hanako@example.jp", Soon())),
            Number(ErrorCode::kStateNotPossible));
  ASSERT_EQ(CodeOf(one_.Received(second.request_id, "R-2", std::chrono::milliseconds(0), Soon())), 0);
  EXPECT_EQ(CodeOf(one_.Withdraw(second.request_id, "R-1", "hanako@example.jp", Soon())),
            Number(ErrorCode::kChangedMeanwhile));
  EXPECT_EQ(CodeOf(one_.Withdraw(second.request_id, "R-2", "hanako@example.jp", Soon())), 0);
}

TEST_F(PgApplicationsTest, WhatProvedTheFacilityIsForgottenAtEveryEndAndItsNameSizeAndDigestStay) {
  const auto kept = [&] {
    return Sql(
        "SELECT concat_ws(' ', coalesce(encode(bank_last4_sealed, 'hex'), '-'), file_name, size, encode(sha256, 'hex') "
        "= "
        "encode(sha256('\\x255044462d312e37'), 'hex'), coalesce(encode(content, 'hex'), '-')) FROM application JOIN "
        "application_attachment USING (application_id) ORDER BY application.number DESC LIMIT 1");
  };
  const std::vector<std::function<int(const std::string&)>> ends = {
      [&](const std::string& id) { return CodeOf(one_.Reject(id, "書類が足りません", Soon())); },
      [&](const std::string& id) { return CodeOf(one_.Withdraw(id, "", "hanako@example.jp", Soon())); },
      [&](const std::string& id) { return CodeOf(one_.Accept(AcceptanceOf(id, 5, 2), Soon())); }};
  for (const auto& end : ends) {
    const auto request = Request();
    ASSERT_EQ(CodeOf(Apply(request, one_)), 0);
    EXPECT_EQ(kept(), "01020304 notice.pdf 8 t 255044462d312e37");
    ASSERT_EQ(end(request.request_id), 0);
    EXPECT_EQ(kept(), "- notice.pdf 8 t -");
  }
}

TEST_F(PgApplicationsTest, ADraftOfManualModeIsSubmittedAsItWasDraftedWhenItIsAppliedForAgain) {
  auto request = Request();
  ASSERT_EQ(CodeOf(Apply(request, one_, ApplicationState::kDraft)), 0);
  EXPECT_EQ(Apply(request, one_, ApplicationState::kDraft)->state, ApplicationState::kDraft);
  EXPECT_FALSE(one_.TakeDue(Soon())->has_value());
  request.devices = 7;
  const auto submitted = Apply(request, two_);
  ASSERT_EQ(CodeOf(submitted), 0);
  EXPECT_EQ(submitted->state, ApplicationState::kSubmitted);
  EXPECT_EQ(submitted->devices, 2U);
  ASSERT_EQ(submitted->history.size(), 2U);
  const auto due = one_.TakeDue(Soon());
  ASSERT_TRUE(due->has_value());
  EXPECT_EQ((*due)->application.attachments.at(0).content, kPdf);
  EXPECT_EQ((*due)->bank_last4_sealed, (Bytes{1, 2, 3, 4}));
  EXPECT_EQ(Apply(request, one_)->history.size(), 2U);
  EXPECT_EQ(Count("audit_event WHERE action = 'account.application_submitted'"), 2);
}

TEST_F(PgApplicationsTest, ADraftThatMayNotBeMadeAnyMoreIsNotSubmitted) {
  const auto request = Request();
  ASSERT_EQ(CodeOf(Apply(request, one_, ApplicationState::kDraft)), 0);
  Sql("UPDATE institution SET category = NULL");
  EXPECT_EQ(CodeOf(Apply(request, one_)), Number(ErrorCode::kApplicationNotPossible));
  EXPECT_EQ(Sql("SELECT state FROM application"), "draft");
}

TEST_F(PgApplicationsTest, ASecondApplicationForUseBesideADraftIsToldHowToSubmitOrWithdrawIt) {
  const auto draft = Request();
  ASSERT_EQ(CodeOf(Apply(draft, one_, ApplicationState::kDraft)), 0);
  account::Problems problems;
  EXPECT_EQ(CodeOf(one_.Apply(Request(), {}, ApplicationState::kSubmitted, problems, Soon())),
            Number(ErrorCode::kApplicationNotPossible));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_NE(problems[0].text_ja.find("--request-id"), std::string::npos);
  EXPECT_NE(problems[0].text_en.find("application withdraw"), std::string::npos);
}

TEST_F(PgApplicationsTest, RecordsWhatWasMadeInThePortalAndItsAnswerLater) {
  account::RecordedApplication recorded{kInstitution, ApplicationKind::kUse, "試験", 3, 5, "2026-01-05", "", false, "",
                                        "P-1",        "hanako@example.jp"};
  account::Problems problems;
  const auto made = one_.Record(recorded, problems, Soon());
  ASSERT_EQ(CodeOf(made), 0);
  EXPECT_EQ(made->state, ApplicationState::kRecorded);
  EXPECT_EQ(made->decided_at, "");
  recorded.answered_on = "2026-01-12";
  recorded.accepted = true;
  const auto answered = one_.Record(recorded, problems, Soon());
  ASSERT_EQ(CodeOf(answered), 0);
  EXPECT_EQ(answered->application_id, made->application_id);
  EXPECT_EQ(answered->decided_at, "2026-01-11T15:00:00Z");  // midnight in Japan
  EXPECT_EQ(answered->history.size(), 2U);
}

}  // namespace
}  // namespace madoguchi::store
