// SPDX-License-Identifier: Apache-2.0
// The whole service over mutual TLS on the real store: which desk calls is its certificate's word alone.
#include "server/desk/desk_account_service.h"

#include <gmock/gmock.h>

#include "contract/crypto/password_hash.h"
#include "server/desk/call_status.h"
#include "tests/server/console/console_fixture.h"
#include "tests/server/store/national_book.h"

namespace madoguchi::desk {
namespace {

using console::kInstitution;
using store::Number;

constexpr char kPassword[] = "Ab3dE6gh";

class DeskAccountServiceTest : public console::ConsoleTest {
 protected:
  DeskAccountServiceTest() {
    static const std::string hash =
        crypto::HashPassword(AsBytes(kPassword), crypto::Slot::kLogIn, store::Soon()).value();
    Sql("UPDATE device_account SET password_hash = '" + hash + "'");
    Sql("DELETE FROM desk_log_in");
    Serve({&service_});
    identity_ = MakeDesk(desk_one_);
    stub_ = v1::DeskAccountService::NewStub(Channel(&identity_));
  }
  ~DeskAccountServiceTest() override { StopServing(); }

  console::TestIdentity MakeDesk(const std::string& desk_id) {
    console::TestIdentity made = MakeIdentity("urn:madoguchi:desk:" + desk_id);
    Sql("INSERT INTO desk_certificate (certificate_sha256, desk_id, serial, not_after, issued_for) VALUES ('\\x" +
        made.sha256_hex + "', '" + desk_id + "', '02', now() + interval '1 day', 'activation')");
    return made;
  }
  int LogIn(const std::string& password, const std::string& account_id = "W0000001") {
    v1::DeskLogInRequest request;
    request.set_institution_code(kInstitution);
    request.set_account_id(account_id);
    request.set_password(password);
    v1::DeskLogInResponse response;
    status_ = stub_->LogIn(As("").get(), request, &response);
    account_ = response.account();
    return CodeOfCall(status_);
  }
  v1::DeskStatusResponse Status() {
    v1::DeskStatusResponse response;
    status_ = stub_->Status(As("").get(), {}, &response);
    EXPECT_TRUE(status_.ok());
    return response;
  }

  account::NationalBook national_;
  account::Releases releases_{{store_->releases(), national_, seal_, keyed_hash_}};
  account::DeskLogIn log_in_{{store_->log_ins(), releases_, keyed_hash_}};
  account::Operators operators_{{store_->staff(), keyed_hash_}};
  std::string renewed_for_;
  DeskAccountService service_{{store_->log_ins(), log_in_, operators_,
                               [this](const std::string& desk_id, ByteView certificate_sha256, ByteView request,
                                      Deadline) -> Result<std::string> {
                                 renewed_for_ =
                                     desk_id + " " + ToHex(certificate_sha256) + " " + std::string(AsText(request));
                                 return std::string("PEM");
                               }}};
  console::TestIdentity identity_;
  std::unique_ptr<v1::DeskAccountService::Stub> stub_;
  grpc::Status status_;
  v1::DeskAccount account_;
};

TEST_F(DeskAccountServiceTest, LogsInShowsItAndLogsOut) {
  EXPECT_FALSE(Status().accounts(0).logged_in());
  ASSERT_EQ(LogIn(kPassword), 0);
  EXPECT_TRUE(account_.active() && account_.logged_in());
  const v1::DeskStatusResponse status = Status();
  EXPECT_EQ(status.desk_name(), "desk one");
  ASSERT_EQ(status.accounts_size(), 1);
  EXPECT_EQ(status.accounts(0).account_id(), "W0000001");
  EXPECT_TRUE(status.accounts(0).logged_in());
  EXPECT_TRUE(status.operator_needed());
  v1::DeskLogOutResponse out;
  ASSERT_TRUE(stub_->LogOut(As("").get(), {}, &out).ok());
  EXPECT_FALSE(Status().accounts(0).logged_in());
}

TEST_F(DeskAccountServiceTest, ALockIsToldWithTheTimeThatIsLeft) {
  for (int i = 1; i < account::kFailuresMax; ++i) {
    EXPECT_EQ(LogIn("not it"), Number(ErrorCode::kLogInRefused));
    EXPECT_EQ(RefusalOf(status_).retry_after_ms(), 0u);
  }
  EXPECT_EQ(LogIn("not it"), Number(ErrorCode::kLogInLocked));
  EXPECT_GT(RefusalOf(status_).retry_after_ms(), 29u * 60 * 1000);
  EXPECT_GT(Status().accounts(0).locked_ms(), 29u * 60 * 1000);
  EXPECT_EQ(status_.error_message().find("not it"), std::string::npos);
}

TEST_F(DeskAccountServiceTest, AnUnknownAccountIsAnsweredWithTheSameBytes) {
  LogIn("not it");
  const grpc::Status known = status_;
  LogIn("not it", "W0999999");
  EXPECT_EQ(status_.error_code(), known.error_code());
  EXPECT_EQ(status_.error_message(), known.error_message());
  EXPECT_EQ(status_.error_details(), known.error_details());
}

TEST_F(DeskAccountServiceTest, OnlyTheHandshakeSaysWhichDeskCalls) {
  const console::TestIdentity console_identity = MakeIdentity("urn:madoguchi:console:" + desk_one_);
  v1::DeskStatusResponse response;
  EXPECT_EQ(
      CodeOfCall(v1::DeskAccountService::NewStub(Channel(&console_identity))->Status(As("").get(), {}, &response)),
      Number(ErrorCode::kDeskUnknown));
  Sql("UPDATE desk_certificate SET revoked_at = now() WHERE desk_id = '" + desk_one_ + "'");
  EXPECT_EQ(CodeOfCall(stub_->Status(As("").get(), {}, &response)), Number(ErrorCode::kCertificateNotAccepted));
  EXPECT_EQ(LogIn(kPassword), Number(ErrorCode::kCertificateNotAccepted));
  EXPECT_EQ(Count("desk_log_in"), 0);
}

TEST_F(DeskAccountServiceTest, AWeakPasswordIsRefusedWithWhatIsWrong) {
  v1::DeskChangePasswordRequest request;
  request.set_institution_code(kInstitution);
  request.set_old_password(kPassword);
  request.set_new_password("short");
  request.set_new_password_again("short");
  v1::DeskChangePasswordResponse response;
  const grpc::Status status = stub_->ChangePassword(As("").get(), request, &response);
  EXPECT_EQ(CodeOfCall(status), Number(ErrorCode::kPasswordTooWeak));
  ASSERT_GT(RefusalOf(status).problems_size(), 0);
  EXPECT_EQ(RefusalOf(status).problems(0).field(), "new_password");
  request.set_new_password("a quiet morning at the window");
  EXPECT_EQ(CodeOfCall(stub_->ChangePassword(As("").get(), request, &response)), Number(ErrorCode::kPasswordsDiffer));
  request.set_new_password_again("a quiet morning at the window");
  EXPECT_EQ(CodeOfCall(stub_->ChangePassword(As("").get(), request, &response)), 0);
  EXPECT_EQ(LogIn("a quiet morning at the window"), 0);
}

TEST_F(DeskAccountServiceTest, AfterDeregistrationTheDeskIsNobody) {
  Sql("UPDATE device_account SET national_bound = true WHERE account_id = 'W0000001'");
  national_.bound["W0000001"] = desk_one_;
  v1::DeregisterRequest request;
  request.set_password(kPassword);
  v1::DeregisterResponse response;
  ASSERT_TRUE(stub_->Deregister(As("").get(), request, &response).ok());
  EXPECT_TRUE(response.national_told());
  EXPECT_EQ(LogIn(kPassword), Number(ErrorCode::kDeskNotActive));
  EXPECT_EQ(Events("account.deregistered"), 1);
}

TEST_F(DeskAccountServiceTest, ARenewalIsAskedForTheDeskThatCalls) {
  v1::RenewCertificateRequest request;
  request.set_certificate_request("der");
  v1::RenewCertificateResponse response;
  ASSERT_TRUE(stub_->RenewCertificate(As("").get(), request, &response).ok());
  EXPECT_EQ(response.certificate_pem(), "PEM");
  EXPECT_EQ(renewed_for_, desk_one_ + " " + identity_.sha256_hex + " der");
  request.set_certificate_request(std::string(kRequestDerBytesMax + 1, 'x'));
  EXPECT_EQ(CodeOfCall(stub_->RenewCertificate(As("").get(), request, &response)),
            Number(ErrorCode::kCertificateRequestInvalid));
}

TEST_F(DeskAccountServiceTest, AnOperatorChangesTheFirstPinSignsInAndOut) {
  account::Problems problems;
  const std::string first = operators_.Add("A1", "山田 花子", "ada", problems, store::Soon()).value();
  v1::SignInOperatorRequest in;
  in.set_staff_code("A1");
  in.set_pin(first);
  v1::SignInOperatorResponse signed_in;
  ASSERT_TRUE(stub_->SignInOperator(As("").get(), in, &signed_in).ok());
  EXPECT_TRUE(signed_in.pin_must_change());
  v1::ChangeOperatorPinRequest change;
  change.set_staff_code("A1");
  change.set_old_pin(first);
  change.set_new_pin("2468");
  v1::ChangeOperatorPinResponse changed;
  ASSERT_TRUE(stub_->ChangeOperatorPin(As("").get(), change, &changed).ok());
  in.set_pin("2468");
  ASSERT_TRUE(stub_->SignInOperator(As("").get(), in, &signed_in).ok());
  EXPECT_FALSE(signed_in.pin_must_change());
  EXPECT_EQ(signed_in.idle_ms(), 15u * 60 * 1000);
  EXPECT_EQ(Status().operator_code(), "A1");
  v1::SignOutOperatorResponse out;
  ASSERT_TRUE(stub_->SignOutOperator(As("").get(), {}, &out).ok());
  EXPECT_EQ(Status().operator_code(), "");
  in.set_pin("9999");
  EXPECT_EQ(CodeOfCall(stub_->SignInOperator(As("").get(), in, &signed_in)), Number(ErrorCode::kOperatorRefused));
}

}  // namespace
}  // namespace madoguchi::desk
