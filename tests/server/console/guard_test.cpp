// SPDX-License-Identifier: Apache-2.0
#include "server/console/guard.h"

#include <gmock/gmock.h>

#include "madoguchi/v1/account_service.grpc.pb.h"
#include "madoguchi/v1/session_service.grpc.pb.h"
#include "tests/server/console/console_fixture.h"

namespace madoguchi::console {
namespace {

using store::Number;

// The smallest services there can be: they answer whatever the guard lets through.
class Accounts final : public v1::AccountService::Service {
 public:
  explicit Accounts(Guard& guard) : guard_(guard) {}
  grpc::Status List(grpc::ServerContext* context, const v1::ListAccountsRequest* request,
                    v1::ListAccountsResponse*) override {
    return Run(*context, "AccountService/List", *request);
  }
  grpc::Status SetNote(grpc::ServerContext* context, const v1::SetAccountNoteRequest* request,
                       v1::SetAccountNoteResponse*) override {
    return Run(*context, "AccountService/SetNote", *request);
  }
  grpc::Status Unlock(grpc::ServerContext* context, const v1::UnlockAccountRequest* request,
                      v1::UnlockAccountResponse*) override {
    return Run(*context, "AccountService/Unlock", *request);
  }
  std::vector<Caller> callers;
  Result<void> answer;
  Refused refused;

 private:
  grpc::Status Run(const grpc::ServerContext& context, const std::string& method,
                   const google::protobuf::Message& request) {
    return guard_.Serve(context, method, request, [this](const Caller& caller, Deadline, Refused& out) {
      callers.push_back(caller);
      out = refused;
      return answer;
    });
  }
  Guard& guard_;
};

class SessionStub final : public v1::SessionService::Service {
 public:
  explicit SessionStub(Guard& guard) : guard_(guard) {}
  grpc::Status WhoAmI(grpc::ServerContext* context, const v1::WhoAmIRequest* request, v1::WhoAmIResponse*) override {
    return guard_.Serve(*context, "SessionService/WhoAmI", *request,
                        [](const Caller&, Deadline, Refused&) { return Result<void>(); });
  }

 private:
  Guard& guard_;
};

class GuardTest : public ConsoleTest {
 protected:
  GuardTest() { Serve({&accounts_, &who_am_i_}); }
  ~GuardTest() override { StopServing(); }
  int List(const std::string& token, const std::string& code = {}) { return List(token, code, Channel()); }
  int List(const std::string& token, const std::string& code, const std::shared_ptr<grpc::Channel>& channel) {
    v1::ListAccountsRequest request;
    request.set_institution_code(code);
    v1::ListAccountsResponse response;
    status_ = v1::AccountService::NewStub(channel)->List(As(token).get(), request, &response);
    return CodeOfCall(status_);
  }
  int Unlock(const std::string& token, const v1::UnlockAccountRequest& request) {
    v1::UnlockAccountResponse response;
    status_ = v1::AccountService::NewStub(Channel())->Unlock(As(token).get(), request, &response);
    return CodeOfCall(status_);
  }
  static v1::UnlockAccountRequest UnlockRequest() {
    v1::UnlockAccountRequest request;
    request.set_institution_code(kInstitution);
    request.set_account_id("W0000001");
    return request;
  }
  Accounts accounts_{*guard_};
  SessionStub who_am_i_{*guard_};
  grpc::Status status_;
};

TEST_F(GuardTest, LetsASessionInAndSaysWhoItIs) {
  AddUser("own@clinic.example", "viewer", {kInstitution});
  ASSERT_EQ(List(Session("own@clinic.example"), kInstitution), 0);
  const Caller caller = accounts_.callers.at(0);
  EXPECT_EQ(caller.user_id, "own@clinic.example");
  EXPECT_EQ(caller.role, v1::ROLE_VIEWER);
  EXPECT_EQ(caller.console_id, console_id_);
  EXPECT_TRUE(caller.MayActFor(kInstitution));
  EXPECT_FALSE(caller.MayActFor(kOtherInstitution));
}

TEST_F(GuardTest, RowsOfACallSayInWhichRoleHowProvenFromWhereAndInWhichTrace) {
  EXPECT_EQ(Unlock(Session(kViv), UnlockRequest()), Number(ErrorCode::kRoleNotAllowed));
  EXPECT_EQ(Sql("SELECT concat_ws('|', actor, role, authentication, source_address, length(trace_id)) FROM audit_event "
                "WHERE action = 'console.refused'"),
            std::string(kViv) + "|viewer|password+totp|127.0.0.1|32");
}

TEST_F(GuardTest, RowsOfASessionThatARecoveryCodeOpenedSaySo) {
  const std::string token = Session(kViv);
  Sql("UPDATE console_session SET by_recovery_code = true");
  EXPECT_EQ(Unlock(token, UnlockRequest()), Number(ErrorCode::kRoleNotAllowed));
  EXPECT_EQ(Sql("SELECT authentication FROM audit_event WHERE action = 'console.refused'"), "password+recovery_code");
}

TEST_F(GuardTest, RefusesWithoutACertificate) {
  EXPECT_EQ(List(Session(kViv), {}, Channel(nullptr)),
            -static_cast<int>(grpc::StatusCode::UNAVAILABLE));  // the handshake fails
  EXPECT_TRUE(accounts_.callers.empty());
}

TEST_F(GuardTest, RefusesADesksCertificate) {
  const TestIdentity desk = MakeIdentity("urn:madoguchi:desk:" + desk_one_);
  EXPECT_EQ(List(Session(kViv), {}, Channel(&desk)), Number(ErrorCode::kConsoleCertificateInvalid));
  EXPECT_EQ(status_.error_code(), grpc::StatusCode::UNAUTHENTICATED);
}

TEST_F(GuardTest, RefusesACertificateThatIsNotInTheBookOrWasRevoked) {
  const TestIdentity unknown = MakeIdentity("urn:madoguchi:console:" + console_id_);
  EXPECT_EQ(List(Session(kViv), {}, Channel(&unknown)), Number(ErrorCode::kConsoleCertificateInvalid));
  Sql("UPDATE console_certificate SET revoked_at = now()");
  EXPECT_EQ(List(Session(kViv)), Number(ErrorCode::kConsoleCertificateInvalid));
  EXPECT_EQ(Events("console.refused"), 2);
}

TEST_F(GuardTest, RefusesASessionOfAnotherConsole) {
  const TestIdentity other = MakeConsole("99999999-2222-4333-8444-555555555555");
  EXPECT_EQ(List(Session(kViv), {}, Channel(&other)), Number(ErrorCode::kSessionInvalid));
}

TEST_F(GuardTest, RefusesNoTokenAWrongOneAndTwoOfThem) {
  const std::string token = Session(kViv);
  EXPECT_EQ(List({}), Number(ErrorCode::kSessionInvalid));
  EXPECT_EQ(List(std::string(64, '0')), Number(ErrorCode::kSessionInvalid));
  EXPECT_EQ(List(token + "00"), Number(ErrorCode::kSessionInvalid));
  auto context = As(token);
  context->AddMetadata(kSessionMetadata, token);
  v1::ListAccountsResponse response;
  EXPECT_EQ(CodeOfCall(v1::AccountService::NewStub(Channel())->List(context.get(), {}, &response)),
            Number(ErrorCode::kSessionInvalid));
}

TEST_F(GuardTest, RefusesASessionThatEndedWasIdleOrWhoseUserWasDisabled) {
  for (const char* change :
       {"UPDATE console_session SET ended_at = now()", "UPDATE console_session SET ends_at = now()",
        "UPDATE console_session SET last_used_at = now() - interval '901 seconds'",
        "UPDATE console_user SET enabled = false"}) {
    const std::string token = Session(kViv);
    Sql(change);
    EXPECT_EQ(List(token), Number(ErrorCode::kSessionInvalid)) << change;
  }
}

TEST_F(GuardTest, EveryCallStartsTheIdleTimeAnew) {
  const std::string token = Session(kViv);
  Sql("UPDATE console_session SET last_used_at = now() - interval '890 seconds'");
  EXPECT_EQ(List(token), 0);
  EXPECT_EQ(Sql("SELECT last_used_at > now() - interval '60 seconds' FROM console_session"), "t");
}

TEST_F(GuardTest, ALockRefusesLogInAndNeverEndsASession) {
  const std::string token = Session(kViv);
  Sql("INSERT INTO console_log_in_failure VALUES ('h', '" + std::string(kViv) +
      "', 5, now(), now() + interval '30 minutes')");
  EXPECT_EQ(List(token), 0);
}

TEST_F(GuardTest, RefusesARoleThatTheMethodDoesNotDeclare) {
  v1::SetAccountNoteResponse response;
  const auto status = v1::AccountService::NewStub(Channel())->SetNote(As(Session(kAud)).get(), {}, &response);
  EXPECT_EQ(CodeOfCall(status), Number(ErrorCode::kRoleNotAllowed));
  EXPECT_EQ(status.error_code(), grpc::StatusCode::PERMISSION_DENIED);
  EXPECT_EQ(Sql("SELECT actor || '|' || detail FROM audit_event WHERE action = 'console.refused'"),
            std::string(kAud) + "|method=AccountService/SetNote console=" + console_id_);
}

TEST_F(GuardTest, LetsAnIncompleteUserDoOnlyWhatCompletesThem) {
  AddUser("new@clinic.example", "administrator", {}, false);
  const std::string token = Session("new@clinic.example", false);
  EXPECT_EQ(List(token), Number(ErrorCode::kCredentialsIncomplete));
  v1::WhoAmIResponse response;
  EXPECT_TRUE(v1::SessionService::NewStub(Channel())->WhoAmI(As(token).get(), {}, &response).ok());
}

TEST_F(GuardTest, RefusesAnotherInstitutionCode) {
  AddUser("own@clinic.example", "administrator", {kInstitution});
  const std::string token = Session("own@clinic.example");
  EXPECT_EQ(List(token, kOtherInstitution), Number(ErrorCode::kInstitutionNotAllowed));
  EXPECT_EQ(List(token), 0);  // none named: the service answers what the user may see
  EXPECT_EQ(List(Session(kAda), kOtherInstitution), 0);
}

TEST_F(GuardTest, AsksForASecondPersonThenHandsTheSameActItsApproval) {
  const std::string token = Session(kAda);
  v1::UnlockAccountRequest request = UnlockRequest();
  ASSERT_EQ(Unlock(token, request), Number(ErrorCode::kApprovalNeeded));
  const std::string approval_id = RefusalOf(status_).approval_id();
  ASSERT_EQ(Unlock(token, request), Number(ErrorCode::kApprovalNeeded));
  EXPECT_EQ(RefusalOf(status_).approval_id(), approval_id);  // asked twice, proposed once
  request.set_approval_id(approval_id);
  EXPECT_EQ(Unlock(token, request), Number(ErrorCode::kApprovalInvalid));  // nobody approved yet
  EXPECT_TRUE(accounts_.callers.empty());
  ApproveInDatabase(approval_id);
  EXPECT_EQ(Unlock(token, request), 0);
  EXPECT_EQ(accounts_.callers.at(0).approval.approval_id, approval_id);
  accounts_.answer = Error{ErrorCode::kApprovalInvalid, "another call used it up", {}};
  EXPECT_EQ(Unlock(token, request), Number(ErrorCode::kApprovalInvalid));
  EXPECT_EQ(Events("console.refused"), 2);  // also the act's own refusal of the approval
}

TEST_F(GuardTest, TakesAnApprovalOnlyForItsActAndFromItsProposer) {
  v1::UnlockAccountRequest request = UnlockRequest();
  ASSERT_EQ(Unlock(Session(kAda), request), Number(ErrorCode::kApprovalNeeded));
  request.set_approval_id(RefusalOf(status_).approval_id());
  ApproveInDatabase(request.approval_id());
  EXPECT_EQ(Unlock(Session(kBen), request), Number(ErrorCode::kApprovalInvalid));
  request.set_account_id("W0000002");
  EXPECT_EQ(Unlock(Session(kAda), request), Number(ErrorCode::kApprovalInvalid));
  request.set_account_id("W0000001");
  Sql("UPDATE approval SET expires_at = now()");
  EXPECT_EQ(Unlock(Session(kAda), request), Number(ErrorCode::kApprovalInvalid));
}

TEST_F(GuardTest, LeavesABreakGlassCodeToTheActAndCallsItNotApproved) {
  v1::UnlockAccountRequest request = UnlockRequest();
  request.set_break_glass_code("code");
  EXPECT_EQ(Unlock(Session(kAda), request), 0);
  EXPECT_FALSE(accounts_.callers.at(0).Approved());
}

TEST_F(GuardTest, SendsWhatTheActGaveBesideItsError) {
  accounts_.answer = Error{ErrorCode::kFieldInvalid, "only for the log", {}};
  for (int i = 0; i < 200; ++i) {
    v1::FieldProblem problem;
    problem.set_field("note");
    problem.set_text_ja(std::string(60, 'x'));
    accounts_.refused.problems.push_back(problem);
  }
  accounts_.refused.retry_after = std::chrono::milliseconds(1234);
  EXPECT_EQ(List(Session(kViv)), Number(ErrorCode::kFieldInvalid));
  EXPECT_EQ(status_.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(status_.error_message(), "FIELD_INVALID");
  const v1::CallRefusal refusal = RefusalOf(status_);
  EXPECT_EQ(refusal.retry_after_ms(), 1234U);
  EXPECT_GT(refusal.problems_size(), 10);
  EXPECT_LE(status_.error_details().size(), wire::kRefusalBytesMax);  // what is more would break the header
}

TEST_F(GuardTest, WritesNothingOfARequestIntoTheLog) {
  testing::internal::CaptureStderr();
  v1::UnlockAccountRequest request = UnlockRequest();
  request.set_break_glass_code("marker-of-a-code");
  accounts_.answer = Error{ErrorCode::kBreakGlassInvalid, "", {}};
  const std::string token = Session(kAda);
  EXPECT_EQ(Unlock(token, request), Number(ErrorCode::kBreakGlassInvalid));
  const std::string log = testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, testing::HasSubstr("call_refused"));
  for (const std::string& secret : {std::string("marker-of-a-code"), token})
    EXPECT_THAT(log, testing::Not(testing::HasSubstr(secret)));
}

}  // namespace
}  // namespace madoguchi::console
