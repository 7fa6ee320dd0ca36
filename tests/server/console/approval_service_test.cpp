// SPDX-License-Identifier: Apache-2.0
#include "server/console/approval_service.h"

#include <gmock/gmock.h>

#include "server/console/totp.h"
#include "server/console/user_service.h"
#include "tests/server/console/console_fixture.h"

namespace madoguchi::console {
namespace {

using store::Number;

const Bytes kSecret(20, 0x55);

class ApprovalServiceTest : public ConsoleTest {
 protected:
  ApprovalServiceTest() {
    for (const char* user : {kAda, kBen}) GiveCredentials(user, "a long enough password", kSecret);
    Serve({&service_, &user_service_});
    stub_ = v1::ApprovalService::NewStub(Channel());
    ada_ = Session(kAda);
    ben_ = Session(kBen);
  }
  ~ApprovalServiceTest() override { StopServing(); }

  // kAda proposes to make new break-glass codes.
  std::string Propose() {
    v1::MakeBreakGlassCodesResponse response;
    status_ = stub_->MakeBreakGlassCodes(As(ada_).get(), {}, &response);
    EXPECT_EQ(CodeOfCall(status_), Number(ErrorCode::kApprovalNeeded));
    return RefusalOf(status_).approval_id();
  }
  // With a TOTP code that was not used before.
  int Approve(const std::string& approval_id, const std::string& token) {
    Sql("UPDATE console_user SET totp_last_step = 0");
    const std::int64_t now = std::stoll(Sql("SELECT extract(epoch FROM clock_timestamp())::bigint"));
    return Approve(approval_id, token, TotpCode(kSecret, now / kTotpStepSeconds).value());
  }
  int Approve(const std::string& approval_id, const std::string& token, const std::string& code) {
    v1::ApproveRequest request;
    request.set_approval_id(approval_id);
    request.set_code(code);
    v1::ApproveResponse response;
    status_ = stub_->Approve(As(token).get(), request, &response);
    return CodeOfCall(status_);
  }
  int Refuse(const std::string& approval_id, const std::string& token) {
    v1::RefuseApprovalRequest request;
    request.set_approval_id(approval_id);
    v1::RefuseApprovalResponse response;
    return CodeOfCall(stub_->Refuse(As(token).get(), request, &response));
  }
  int Make(const std::string& approval_id, const std::string& token) {
    v1::MakeBreakGlassCodesRequest request;
    request.set_approval_id(approval_id);
    codes_.Clear();
    return CodeOfCall(stub_->MakeBreakGlassCodes(As(token).get(), request, &codes_));
  }
  std::string StateOf(const std::string& approval_id) {
    v1::ListApprovalsResponse response;
    EXPECT_TRUE(stub_->List(As(Session(kAud)).get(), {}, &response).ok());
    for (const v1::Approval& approval : response.approvals())
      if (approval.approval_id() == approval_id) return approval.state();
    return {};
  }
  void MakeCodes() {
    const std::string id = Propose();
    ASSERT_EQ(Approve(id, ben_), 0);
    ASSERT_EQ(Make(id, ada_), 0);
  }
  v1::ListBreakGlassUsesResponse Uses() {
    v1::ListBreakGlassUsesResponse uses;
    EXPECT_TRUE(stub_->ListBreakGlassUses(As(Session(kAud)).get(), {}, &uses).ok());
    return uses;
  }
  int Review(const std::string& use_id, const std::string& token, const std::string& finding = "確認しました") {
    v1::ReviewBreakGlassUseRequest request;
    request.set_use_id(use_id);
    request.set_finding(finding);
    v1::ReviewBreakGlassUseResponse response;
    return CodeOfCall(stub_->ReviewBreakGlassUse(As(token).get(), request, &response));
  }

  int alarms_ = 0;
  Proof proof_{store_->sessions(), keyed_hash_, seal_};
  BreakGlass break_glass_{{store_->break_glass(), keyed_hash_, seal_, [this] { ++alarms_; }}};
  ApprovalService service_{{*guard_, store_->approvals(), proof_, break_glass_}};
  Users users_{store_->users(), seal_};
  UserService user_service_{*guard_, users_};
  std::unique_ptr<v1::ApprovalService::Stub> stub_;
  std::string ada_, ben_;
  v1::MakeBreakGlassCodesResponse codes_;
  grpc::Status status_;
};

TEST_F(ApprovalServiceTest, ASecondAdministratorApprovesAndTheProposerActsOnce) {
  const std::string id = Propose();
  EXPECT_EQ(StateOf(id), "open");
  ASSERT_EQ(Approve(id, ben_), 0);
  EXPECT_EQ(StateOf(id), "approved");
  EXPECT_EQ(Make(id, ben_), Number(ErrorCode::kApprovalInvalid));  // it is not Ben's act
  ASSERT_EQ(Make(id, ada_), 0);
  EXPECT_EQ(codes_.codes_size(), kBreakGlassCodes);
  EXPECT_EQ(StateOf(id), "used");
  EXPECT_EQ(Make(id, ada_), Number(ErrorCode::kApprovalInvalid));
  for (const char* action : {"console.approval_proposed", "console.approval_approved", "console.approval_used"})
    EXPECT_EQ(Events(action), 1);
}

TEST_F(ApprovalServiceTest, NobodyApprovesTheirOwnProposal) {
  const std::string id = Propose();
  EXPECT_EQ(Approve(id, ada_), Number(ErrorCode::kApprovalInvalid));
  EXPECT_EQ(StateOf(id), "open");
}

TEST_F(ApprovalServiceTest, NobodyApprovesWhoseCredentialsTheProposerMadeOrResetWithinSevenDays) {
  const std::string id = Propose();
  const std::string made = "UPDATE console_user SET credentials_made_by = '" + std::string(kAda) +
                           "', credentials_made_at = now() - interval '";
  Sql(made + "6 days 23 hours' WHERE user_id = '" + kBen + "'");
  EXPECT_EQ(Approve(id, ben_), Number(ErrorCode::kApprovalInvalid));
  Sql(made + "7 days 1 minute' WHERE user_id = '" + kBen + "'");
  EXPECT_EQ(Approve(id, ben_), 0);
}

TEST_F(ApprovalServiceTest, ApprovingNeedsAFreshTotpCode) {
  const std::string id = Propose();
  EXPECT_EQ(Approve(id, ben_, "000000"), Number(ErrorCode::kConsoleLogInRefused));
  EXPECT_EQ(Approve(id, ben_, ""), Number(ErrorCode::kConsoleLogInRefused));
  Sql("UPDATE console_user SET totp_last_step = 99999999999");
  const std::int64_t now = std::stoll(Sql("SELECT extract(epoch FROM clock_timestamp())::bigint"));
  EXPECT_EQ(Approve(id, ben_, TotpCode(kSecret, now / kTotpStepSeconds).value()),
            Number(ErrorCode::kConsoleLogInRefused));
  EXPECT_EQ(StateOf(id), "open");
  EXPECT_EQ(Events("console.log_in_refused"), 3);
}

TEST_F(ApprovalServiceTest, AnApprovalEndsAfterFifteenMinutes) {
  const std::string id = Propose();
  EXPECT_EQ(Sql("SELECT expires_at - proposed_at BETWEEN interval '14 minutes 59 seconds' AND interval '15 minutes 1 "
                "second' FROM approval"),
            "t");
  ASSERT_EQ(Approve(id, ben_), 0);
  Sql("UPDATE approval SET expires_at = now()");
  EXPECT_EQ(StateOf(id), "expired");
  EXPECT_EQ(Make(id, ada_), Number(ErrorCode::kApprovalInvalid));
}

TEST_F(ApprovalServiceTest, ARefusedOneCannotBeApprovedAndAnApprovedOneNotRefused) {
  const std::string refused = Propose();
  ASSERT_EQ(Refuse(refused, ben_), 0);
  EXPECT_EQ(Approve(refused, ben_), Number(ErrorCode::kApprovalInvalid));
  EXPECT_EQ(Make(refused, ada_), Number(ErrorCode::kApprovalInvalid));
  const std::string approved = Propose();
  EXPECT_NE(approved, refused);
  ASSERT_EQ(Approve(approved, ben_), 0);
  EXPECT_EQ(Refuse(approved, ben_), Number(ErrorCode::kApprovalInvalid));
}

TEST_F(ApprovalServiceTest, AnApproverWhoIsNoAdministratorAnyMoreDoesNotCount) {
  const std::string id = Propose();
  ASSERT_EQ(Approve(id, ben_), 0);
  Sql("UPDATE console_user SET role = 'viewer' WHERE user_id = '" + std::string(kBen) + "'");
  EXPECT_EQ(Make(id, ada_), Number(ErrorCode::kApprovalInvalid));
}

TEST_F(ApprovalServiceTest, AnApproverOfOneInstitutionCodeApprovesNothingElse) {
  const std::string id = Propose();  // about the whole organisation
  Sql("INSERT INTO console_user_institution VALUES ('" + std::string(kBen) + "', '" + kInstitution + "')");
  EXPECT_EQ(Approve(id, ben_), Number(ErrorCode::kApprovalInvalid));
  Sql("UPDATE approval SET institution_code = '" + std::string(kOtherInstitution) + "'");
  EXPECT_EQ(Approve(id, ben_), Number(ErrorCode::kApprovalInvalid));
  v1::ListApprovalsResponse seen;
  ASSERT_TRUE(stub_->List(As(ben_).get(), {}, &seen).ok());
  EXPECT_EQ(seen.approvals_size(), 0);
  Sql("UPDATE approval SET institution_code = '" + std::string(kInstitution) + "'");
  EXPECT_EQ(Approve(id, ben_), 0);
}

TEST_F(ApprovalServiceTest, ABreakGlassCodeWorksOnceAlarmsAndAsksForAReviewNextMorning) {
  MakeCodes();
  ASSERT_EQ(store::CodeOf(break_glass_.Use(codes_.codes(0), kAda, "AccountService/Unlock W0000001", store::Soon())), 0);
  EXPECT_EQ(alarms_, 1);
  EXPECT_EQ(Events("console.break_glass_used"), 1);
  EXPECT_EQ(Count("notice WHERE kind = 'break_glass.used'"), 1);
  EXPECT_EQ(
      Sql("SELECT string_agg(recipient, ',' ORDER BY recipient) FROM outgoing_mail WHERE kind = 'break_glass.used'"),
      std::string(kAda) + "," + kBen);
  EXPECT_THAT(MailText("break_glass.used"), testing::Not(testing::HasSubstr(codes_.codes(0))));
  EXPECT_EQ(
      Sql("SELECT extract(hour FROM review_due AT TIME ZONE 'Asia/Tokyo') || '|' || (review_due > now()) || '|' || "
          "(review_due < now() + interval '27 hours') FROM break_glass_use"),
      "9|true|true");
  EXPECT_EQ(store::CodeOf(break_glass_.Use(codes_.codes(0), kAda, "AccountService/Unlock W0000001", store::Soon())),
            Number(ErrorCode::kBreakGlassInvalid));
  EXPECT_EQ(store::CodeOf(break_glass_.Use("AAAAA-AAAAA-AAAAA-AAAAA", kAda, "x", store::Soon())),
            Number(ErrorCode::kBreakGlassInvalid));
  EXPECT_EQ(Events("console.break_glass_wrong"), 2);
  EXPECT_EQ(alarms_, 1);
}

TEST_F(ApprovalServiceTest, NewBreakGlassCodesEndTheOlderOnes) {
  MakeCodes();
  const std::string old = codes_.codes(1);
  MakeCodes();
  EXPECT_EQ(store::CodeOf(break_glass_.Use(old, kAda, "x", store::Soon())), Number(ErrorCode::kBreakGlassInvalid));
  EXPECT_EQ(store::CodeOf(break_glass_.Use(codes_.codes(1), kAda, "x", store::Soon())), 0);
}

TEST_F(ApprovalServiceTest, SomebodyElseReviewsAUseOnce) {
  MakeCodes();
  ASSERT_EQ(store::CodeOf(break_glass_.Use(codes_.codes(0), kAda, "x", store::Soon())), 0);
  const std::string use_id = Uses().uses(0).use_id();
  EXPECT_EQ(Review(use_id, ada_), Number(ErrorCode::kRoleNotAllowed));
  EXPECT_EQ(Review(use_id, ben_, " "), Number(ErrorCode::kFieldInvalid));
  EXPECT_EQ(Review("00000000-0000-4000-8000-000000000000", ben_), Number(ErrorCode::kNotFoundHere));
  EXPECT_EQ(Review(use_id, Session(kAud)), 0);
  EXPECT_EQ(Review(use_id, ben_), Number(ErrorCode::kStateNotPossible));
  EXPECT_EQ(Uses().uses(0).reviewed_by(), kAud);
}

TEST_F(ApprovalServiceTest, AnOverdueReviewRaisesANoticeOnce) {
  MakeCodes();
  ASSERT_EQ(store::CodeOf(break_glass_.Use(codes_.codes(0), kAda, "x", store::Soon())), 0);
  EXPECT_EQ(break_glass_.RaiseOverdue(store::Soon()).value(), 0);
  Sql("UPDATE break_glass_use SET review_due = now()");
  EXPECT_EQ(break_glass_.RaiseOverdue(store::Soon()).value(), 1);
  EXPECT_EQ(break_glass_.RaiseOverdue(store::Soon()).value(), 0);
  EXPECT_EQ(Count("notice WHERE kind = 'break_glass.overdue'"), 1);
}

TEST_F(ApprovalServiceTest, TheSummarySaysTheWholeActWithoutSecretsAndNames) {
  v1::CreateUserRequest request;
  request.set_user_id("new@clinic.example\u202e");
  request.set_name("氏名マーカー");
  request.set_role(v1::ROLE_ADMINISTRATOR);
  v1::CreateUserResponse response;
  ASSERT_EQ(CodeOfCall(v1::UserService::NewStub(Channel())->Create(As(ada_).get(), request, &response)),
            Number(ErrorCode::kApprovalNeeded));
  v1::ListApprovalsResponse all;
  ASSERT_TRUE(stub_->List(As(ben_).get(), {}, &all).ok());
  EXPECT_EQ(all.approvals(0).summary_en(),
            "Add a user of the console: user_id=new@clinic.example? role=ROLE_ADMINISTRATOR institution_codes=-");
  EXPECT_THAT(all.approvals(0).summary_ja(), testing::HasSubstr("利用者を追加"));
  request.set_user_id(std::string(kSummaryMax, 'x'));
  EXPECT_EQ(CodeOfCall(v1::UserService::NewStub(Channel())->Create(As(ada_).get(), request, &response)),
            Number(ErrorCode::kFieldInvalid));
}

TEST_F(ApprovalServiceTest, ForgetsApprovalsThatEndedLongAgoAndNoOthers) {
  const std::string open = Propose();
  Sql("INSERT INTO approval (method, act_sha256, summary_ja, summary_en, proposer, expires_at) SELECT 'm', "
      "decode(repeat('00', 32), 'hex'), '', '', 'ada@clinic.example', now() - (d || ' days')::interval FROM "
      "unnest(ARRAY[1, 399, 401, 1000]) AS d");
  EXPECT_TRUE(store_->approvals().ForgetEnded(store::Soon()).value());
  EXPECT_EQ(Count("approval"), 3);
  EXPECT_EQ(StateOf(open), "open");
}

TEST_F(ApprovalServiceTest, OneProposerHasOnlySoManyOpenProposals) {
  for (int i = 0; i <= kOpenApprovalsMax; ++i) {
    v1::EnableUserRequest request;
    request.set_user_id("u" + std::to_string(i) + "@clinic.example");
    v1::EnableUserResponse response;
    const int code = CodeOfCall(v1::UserService::NewStub(Channel())->Enable(As(ada_).get(), request, &response));
    EXPECT_EQ(code, Number(i < kOpenApprovalsMax ? ErrorCode::kApprovalNeeded : ErrorCode::kServerBusy));
  }
}

}  // namespace
}  // namespace madoguchi::console
