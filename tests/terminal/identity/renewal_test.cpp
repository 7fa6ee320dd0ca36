// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/renewal.h"

#include <gtest/gtest.h>

#include "contract/files.h"
#include "terminal/identity/desk_account.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/terminal/identity/activated_desk.h"

namespace madoguchi::identity {
namespace {

class RenewalTest : public testing::Test {
 protected:
  void SetUp() override { PutIdentity(facility_, directory_, DeskWish()); }
  std::string Certificate() const { return ReadSmallFile(FindIdentity(directory_)->certificate).value(); }
  void UseOnce() { ASSERT_TRUE(DeskAccount::Open(server_.desk_address(), directory_).value()->Status().ok()); }
  const TestFacility facility_;
  TestFolder folder_;
  const std::string directory_ = folder_.File("desk");
  ClinicServer server_{facility_};
  CallRefusal refusal_;
};

TEST_F(RenewalTest, KeepsBothUntilTheNewCertificateWasUsed) {
  const std::string before = Certificate();
  ASSERT_TRUE(Renew(server_.desk_address(), directory_, refusal_).ok());
  EXPECT_TRUE(FindIdentity(directory_)->renewed);
  EXPECT_EQ(ReadSmallFile(directory_ + "/desk.pem").value(), before);
  const std::string after = Certificate();
  EXPECT_NE(after, before);
  UseOnce();
  EXPECT_TRUE(after.starts_with(server_.desk_account.certificates_seen.at(0)));
  EXPECT_FALSE(FindIdentity(directory_)->renewed);
  EXPECT_EQ(ReadSmallFile(directory_ + "/desk.pem").value(), after);
}

TEST_F(RenewalTest, LeavesThePresentOneWhenItIsRefused) {
  const std::string before = Certificate();
  server_.desk_account.answer = Refuse(ErrorCode::kRenewalRefused);
  EXPECT_EQ(Renew(server_.desk_address(), directory_, refusal_).error().code, ErrorCode::kRenewalRefused);
  EXPECT_EQ(Certificate(), before);
  server_.desk_account.answer = grpc::Status::OK;
  EXPECT_TRUE(Renew(server_.desk_address(), directory_, refusal_).ok());
}

TEST_F(RenewalTest, AfterTheEndAsksWithTheSameRequestUntilItIsApproved) {
  server_.enrolment.renew_late = Refuse(ErrorCode::kRenewalNotApproved);
  const LateRenewal waiting = RenewLate(server_.enrolment_address(), directory_, refusal_).value();
  EXPECT_FALSE(waiting.done);
  EXPECT_FALSE(FindIdentity(directory_)->renewed);
  server_.enrolment.renew_late = grpc::Status::OK;
  const LateRenewal done = RenewLate(server_.enrolment_address(), directory_, refusal_).value();
  EXPECT_TRUE(done.done);
  EXPECT_EQ(done.key_fingerprint, waiting.key_fingerprint);
  const auto& asked = server_.enrolment.renewed_late;
  ASSERT_EQ(asked.size(), 2U);
  EXPECT_EQ(asked[0].certificate_request(), asked[1].certificate_request());
  EXPECT_EQ(asked[0].certificate_pem(), ReadSmallFile(directory_ + "/desk.pem").value());
  EXPECT_TRUE(FindIdentity(directory_)->renewed);
  UseOnce();
  EXPECT_FALSE(FindIdentity(directory_)->renewed);
}

// A desk that was switched off after its renewal and before it used it, until both certificates had run out.
TEST_F(RenewalTest, AfterTheEndOfARenewedCertificateThatWasNeverUsedAsksWithThatOne) {
  ASSERT_TRUE(Renew(server_.desk_address(), directory_, refusal_).ok());
  Wish ended = DeskWish();
  ended.from_seconds = -7200, ended.to_seconds = -60;
  const SecretBytes key = ReadKey(directory_ + "/desk.next.key").value();
  const std::string last = facility_.DeskChain(MakeRequest(key).value(), ended);
  ASSERT_TRUE(WriteFileWhole(directory_ + "/desk.next.pem", last, false).ok());
  ASSERT_TRUE(RenewLate(server_.enrolment_address(), directory_, refusal_)->done);
  ASSERT_EQ(server_.enrolment.renewed_late.size(), 1U);
  EXPECT_EQ(server_.enrolment.renewed_late[0].certificate_pem(), last);
  EXPECT_GT(PresentValidity(directory_)->not_after, std::chrono::system_clock::now());
}

TEST_F(RenewalTest, AsksAnewAfterAnAdministratorRefused) {
  server_.enrolment.renew_late = Refuse(ErrorCode::kRenewalRefused);
  EXPECT_EQ(RenewLate(server_.enrolment_address(), directory_, refusal_).error().code, ErrorCode::kRenewalRefused);
  server_.enrolment.renew_late = grpc::Status::OK;
  EXPECT_TRUE(RenewLate(server_.enrolment_address(), directory_, refusal_)->done);
  const auto& asked = server_.enrolment.renewed_late;
  EXPECT_NE(asked.at(0).certificate_request(), asked.at(1).certificate_request());
}

TEST_F(RenewalTest, LetsNoActivationOfThisDeskInBetween) {
  int locked = -1;
  server_.desk_account.during_renewal = [&] { locked = IsHeld(directory_ + "/certificate.lock"); };
  ASSERT_TRUE(Renew(server_.desk_address(), directory_, refusal_).ok());
  EXPECT_EQ(locked, 1);
}

TEST_F(RenewalTest, TellsHowLongThePresentCertificateLasts) {
  const Validity validity = PresentValidity(directory_).value();
  EXPECT_GT(validity.not_after, std::chrono::system_clock::now() + std::chrono::hours(24 * 89));
}

}  // namespace
}  // namespace madoguchi::identity
