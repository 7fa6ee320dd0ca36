// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/desk_account.h"

#include <gtest/gtest.h>

#include "contract/files.h"
#include "terminal/identity/renewal.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/terminal/identity/activated_desk.h"

namespace madoguchi::identity {
namespace {

class DeskAccountTest : public testing::Test {
 protected:
  void SetUp() override {
    PutIdentity(facility_, directory_, DeskWish());
    account_ = DeskAccount::Open(server_.desk_address(), directory_).value();
  }
  const TestFacility facility_;
  TestFolder folder_;
  const std::string directory_ = folder_.File("desk");
  ClinicServer server_{facility_};
  std::unique_ptr<DeskAccount> account_;
};

TEST_F(DeskAccountTest, ShowsItsCertificateAndTellsTheStatus) {
  const Result<DeskStatus> status = account_->Status();
  ASSERT_TRUE(status.ok()) << status.error().detail;
  EXPECT_EQ(status->accounts.at(0).account_id, "W0000001");
  EXPECT_EQ(status->accounts.at(0).locked, std::chrono::seconds(61));
  EXPECT_TRUE(status->operator_needed);
  EXPECT_EQ(server_.desk_account.certificates_seen.size(), 1U);
}

TEST_F(DeskAccountTest, LogsInAndSaysHowLongALockLasts) {
  SecretBytes password = SecretBytes::Make(32).value();
  ASSERT_TRUE(password.Append(AsBytes("correct horse")));
  ASSERT_TRUE(account_->LogIn("0110000001", "W0000001", password).ok());
  EXPECT_TRUE(server_.desk_account.log_ins.at(0).password() == "correct horse");
  server_.desk_account.answer = Refuse(ErrorCode::kLogInLocked, 1'799'000);
  EXPECT_EQ(account_->LogIn("0110000001", "W0000001", password).error().code, ErrorCode::kLogInLocked);
  EXPECT_EQ(account_->refusal().retry_after, std::chrono::milliseconds(1'799'000));
  server_.desk_account.answer = grpc::Status::OK;
  ASSERT_TRUE(account_->LogOut("").ok());
  EXPECT_EQ(account_->refusal().retry_after.count(), 0) << "of an earlier refusal";
}

TEST_F(DeskAccountTest, TellsAServerThatIsNotThereFromOneThatRefuses) {
  const auto nowhere = DeskAccount::Open("127.0.0.1:1", directory_).value();
  EXPECT_EQ(nowhere->Status().error().code, ErrorCode::kServerUnreachable);
  EXPECT_FALSE(nowhere->refusal().by_server);
}

TEST_F(DeskAccountTest, NeedsAnIdentity) {
  EXPECT_EQ(DeskAccount::Open(server_.desk_address(), folder_.File("none")).error().code,
            ErrorCode::kDeskIdentityMissing);
}

}  // namespace
}  // namespace madoguchi::identity
