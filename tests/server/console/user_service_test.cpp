// SPDX-License-Identifier: Apache-2.0
#include "server/console/user_service.h"

#include <gmock/gmock.h>

#include <thread>

#include "contract/crypto/password_hash.h"
#include "tests/server/console/console_fixture.h"

namespace madoguchi::console {
namespace {

using store::Number;

class UserServiceTest : public ConsoleTest {
 protected:
  UserServiceTest() {
    Serve({&service_});
    stub_ = v1::UserService::NewStub(Channel());
  }
  ~UserServiceTest() override { StopServing(); }

  // Calls with an approval of kBen for exactly this request.
  template <class Request, class Response>
  int Approved(grpc::Status (v1::UserService::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
               Request request, const std::string& token) {
    Response response;
    request.clear_approval_id();
    status_ = (stub_.get()->*method)(As(token).get(), request, &response);
    if (CodeOfCall(status_) != Number(ErrorCode::kApprovalNeeded)) return CodeOfCall(status_);
    request.set_approval_id(RefusalOf(status_).approval_id());
    ApproveInDatabase(request.approval_id());
    status_ = (stub_.get()->*method)(As(token).get(), request, &response);
    return CodeOfCall(status_);
  }
  static v1::CreateUserRequest NewUser(const std::string& user_id) {
    v1::CreateUserRequest request;
    request.set_user_id(user_id);
    request.set_name("新人 花子");
    request.set_role(v1::ROLE_VIEWER);
    request.add_institution_codes(kInstitution);
    return request;
  }
  int Create(const v1::CreateUserRequest& request, const std::string& token) {
    return Approved(&v1::UserService::Stub::Create, request, token);
  }
  int SetRole(const std::string& user_id, v1::Role role, const std::string& token) {
    v1::SetUserRoleRequest request;
    request.set_user_id(user_id);
    request.set_role(role);
    return Approved(&v1::UserService::Stub::SetRole, request, token);
  }
  int Disable(const std::string& user_id, const std::string& token) {
    v1::DisableUserRequest request;
    request.set_user_id(user_id);
    v1::DisableUserResponse response;
    status_ = stub_->Disable(As(token).get(), request, &response);
    return CodeOfCall(status_);
  }
  std::vector<std::string> List(const std::string& token) {
    v1::ListUsersResponse response;
    EXPECT_TRUE(stub_->List(As(token).get(), {}, &response).ok());
    std::vector<std::string> ids;
    for (const v1::User& user : response.users()) ids.push_back(user.user_id());
    return ids;
  }

  Users users_{store_->users(), seal_};
  UserService service_{*guard_, users_};
  std::unique_ptr<v1::UserService::Stub> stub_;
  grpc::Status status_;
};

TEST_F(UserServiceTest, CreatesAUserWithAFirstPasswordThatLeavesOnlyByMail) {
  ASSERT_EQ(Create(NewUser("New@clinic.example"), Session(kAda)), 0);
  const std::string mail = MailText("user.first_password");
  ASSERT_THAT(mail, testing::HasSubstr("new@clinic.example"));
  const std::string marker = "最初のパスワード: ";
  const std::string password = mail.substr(mail.find(marker) + marker.size(), 16);
  const std::string hash = Sql("SELECT password_hash FROM console_user WHERE user_id = 'new@clinic.example'");
  EXPECT_TRUE(crypto::VerifyPassword(hash, AsBytes(password), crypto::Slot::kLogIn, store::Soon()).value());
  EXPECT_EQ(
      Sql("SELECT concat_ws('|', role, password_must_change, totp_confirmed, credentials_made_by) FROM console_user "
          "WHERE user_id = 'new@clinic.example'"),
      "viewer|t|f|" + std::string(kAda));
  EXPECT_EQ(Create(NewUser("new@clinic.example"), Session(kAda)), Number(ErrorCode::kUserExists));
  EXPECT_EQ(Count("audit_event WHERE detail LIKE '%花子%'"), 0);
}

TEST_F(UserServiceTest, NamesEveryFieldThatIsWrong) {
  v1::CreateUserRequest request;
  request.set_user_id("no address");
  request.set_name(std::string("a\u202eb"));  // turns the direction of writing
  request.add_institution_codes("12");
  ASSERT_EQ(Create(request, Session(kAda)), Number(ErrorCode::kFieldInvalid));
  std::vector<std::string> fields;
  const v1::CallRefusal refusal = RefusalOf(status_);
  for (const auto& problem : refusal.problems()) fields.push_back(problem.field());
  EXPECT_THAT(fields, testing::UnorderedElementsAre("user_id", "name", "role", "institution_codes"));
  request = NewUser("new@clinic.example");
  request.add_institution_codes("9911234567");
  EXPECT_EQ(Create(request, Session(kAda)), Number(ErrorCode::kInstitutionUnknown));
  EXPECT_EQ(Count("console_user WHERE user_id LIKE 'new%'"), 0);
}

TEST_F(UserServiceTest, AnAdministratorOfOneCodeReachesOnlyItsUsers) {
  AddUser("own@clinic.example", "administrator", {kInstitution});
  AddUser("one@clinic.example", "viewer", {kInstitution});
  AddUser("two@clinic.example", "viewer", {kOtherInstitution});
  const std::string token = Session("own@clinic.example");
  EXPECT_THAT(List(token), testing::ElementsAre("one@clinic.example", "own@clinic.example"));
  EXPECT_EQ(Disable("two@clinic.example", token), Number(ErrorCode::kInstitutionNotAllowed));
  EXPECT_EQ(Disable("one@clinic.example", token), 0);
  v1::CreateUserRequest request = NewUser("new@clinic.example");
  request.clear_institution_codes();  // all of them: more than the administrator has
  EXPECT_EQ(Create(request, token), Number(ErrorCode::kInstitutionNotAllowed));
  EXPECT_EQ(SetRole("own@clinic.example", v1::ROLE_ADMINISTRATOR, token), Number(ErrorCode::kInstitutionNotAllowed));
}

TEST_F(UserServiceTest, DisablingEndsTheSessionsAtOnceAndEnablingNeedsTwoPeople) {
  const std::string viewer = Session(kViv);
  ASSERT_EQ(Disable(kViv, Session(kAda)), 0);
  EXPECT_EQ(Disable(kViv, Session(kAda)), Number(ErrorCode::kStateNotPossible));
  EXPECT_EQ(Disable("nobody@clinic.example", Session(kAda)), Number(ErrorCode::kNotFoundHere));
  EXPECT_EQ(Count("console_session WHERE user_id = '" + std::string(kViv) + "' AND ended_at IS NULL"), 0);
  v1::EnableUserRequest request;
  request.set_user_id(kViv);
  EXPECT_EQ(Approved(&v1::UserService::Stub::Enable, request, Session(kAda)), 0);
  EXPECT_EQ(Sql("SELECT string_agg(actor, ',') FROM audit_event WHERE action IN ('console.user_disabled', "
                "'console.user_enabled')"),
            std::string(kAda) + "," + kAda);
}

TEST_F(UserServiceTest, TheLastAdministratorStays) {
  const std::string token = Session(kAda);
  ASSERT_EQ(Disable(kBen, token), 0);
  EXPECT_EQ(Disable(kAda, token), Number(ErrorCode::kStateNotPossible));
  Sql("UPDATE console_user SET enabled = true");
  ASSERT_EQ(SetRole(kBen, v1::ROLE_AUDITOR, token), 0);
  Sql("UPDATE console_user SET role = 'administrator', enabled = false WHERE user_id = '" + std::string(kBen) + "'");
  account::Problems problems;
  const auto done = users_.SetRole({kAda, {}}, {kAda, "viewer", {}}, store::Soon(), problems);
  EXPECT_EQ(store::CodeOf(done), Number(ErrorCode::kStateNotPossible));
}

TEST_F(UserServiceTest, TwoAdministratorsWhoDisableEachOtherLeaveOne) {
  int done[2] = {-1, -1};
  {
    std::jthread one([&] { done[0] = store::CodeOf(users_.SetEnabled({kAda, {}}, kBen, false, store::Soon())); });
    std::jthread two([&] { done[1] = store::CodeOf(users_.SetEnabled({kBen, {}}, kAda, false, store::Soon())); });
  }
  EXPECT_EQ(Count("console_user WHERE role = 'administrator' AND enabled"), 1);
  EXPECT_EQ(std::min(done[0], done[1]), 0);
}

TEST_F(UserServiceTest, ResettingCredentialsTakesThePasswordTotpCodesAndSessions) {
  GiveCredentials(kViv, "an old password", Bytes(20, 1));
  Sql("INSERT INTO recovery_code (user_id, code_hash) VALUES ('" + std::string(kViv) + "', 'h')");
  Session(kViv);
  const std::string before = Sql("SELECT password_hash FROM console_user WHERE user_id = '" + std::string(kViv) + "'");
  v1::ResetUserCredentialsRequest request;
  request.set_user_id(kViv);
  ASSERT_EQ(Approved(&v1::UserService::Stub::ResetCredentials, request, Session(kAda)), 0);
  EXPECT_EQ(Sql("SELECT concat_ws('|', password_must_change, totp_confirmed, totp_sealed IS NULL, credentials_made_by, "
                "password_hash <> '" +
                before + "') FROM console_user WHERE user_id = '" + std::string(kViv) + "'"),
            "t|f|t|" + std::string(kAda) + "|t");
  EXPECT_EQ(Count("recovery_code"), 0);
  EXPECT_EQ(Count("console_session WHERE user_id = '" + std::string(kViv) + "' AND ended_at IS NULL"), 0);
  EXPECT_THAT(MailText("user.credentials_reset"), testing::HasSubstr(kViv));
}

}  // namespace
}  // namespace madoguchi::console
