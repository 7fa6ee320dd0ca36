// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_activations.h"

#include <gmock/gmock.h>

#include <future>

#include "contract/crypto/certificate.h"
#include "tests/server/store/activation_fixture.h"

namespace madoguchi::account {
namespace {

using testing::ElementsAre;

TEST_F(ActivationTest, ByTokenBindsDeskAccountAndNationalSideAndSpendsTheCode) {
  Issue("W0000011");
  const std::string desk = Prepare("窓口 1", {"W0000011"}, token_);
  const auto begun = Begin(token_, pc_);
  ASSERT_EQ(CodeOf(begun), 0);
  EXPECT_EQ(begun->challenge.size(), kChallengeBytes);
  EXPECT_EQ(begun->desk_id, desk) << "known before anything is spent";
  const auto activated = Finish(*begun, pc_);
  ASSERT_EQ(CodeOf(activated), 0);
  EXPECT_EQ(activated->desk_id, desk);
  EXPECT_EQ(activated->desk_name, "窓口 1");
  EXPECT_EQ(activated->account_id, "W0000011");
  EXPECT_EQ(activated->institution_code, kInstitution);
  EXPECT_TRUE(crypto::DerFromPem(activated->certificate_pem).ok());
  EXPECT_EQ(
      Sql("SELECT desk_id FROM device_account WHERE account_id = 'W0000011' AND state = 'active' AND national_bound"),
      desk);
  EXPECT_EQ(national_.bound["W0000011"], desk);
  EXPECT_EQ(UnspentCodes("W0000011"), 0);
  EXPECT_EQ(Count("activation_code WHERE account_id = 'W0000011' AND spent_at IS NOT NULL"), 1);
  EXPECT_EQ(Count("sealed_sheet"), 0);
  EXPECT_EQ(Count("desk_log_in WHERE desk_id = '" + desk + "' AND how = 'activation'"), 1);
  EXPECT_EQ(
      Count("desk_certificate WHERE desk_id = '" + desk + "' AND issued_for = 'activation' AND revoked_at IS NULL"), 1);
  EXPECT_EQ(Count("enrolment_token WHERE desk_id = '" + desk + "' AND used_at IS NULL"), 0);
  EXPECT_EQ(Sql("SELECT string_agg(action, ' ' ORDER BY sequence) FROM audit_event WHERE desk_id = '" + desk + "'"),
            "account.activated identity.enrolled");
}

TEST_F(ActivationTest, TheSameFinishAgainGivesTheSameAnswer) {
  Issue("W0000011");
  Prepare("desk", {"W0000011"}, token_);
  const auto begun = Begin(token_, pc_);
  const auto first = Finish(*begun, pc_);
  const auto again = Finish(*begun, pc_);
  ASSERT_EQ(CodeOf(again), 0);
  EXPECT_EQ(again->certificate_pem, first->certificate_pem);
  EXPECT_EQ(again->institution_code, kInstitution);
  EXPECT_THAT(national_.calls, ElementsAre("activate W0000011"));
}

TEST_F(ActivationTest, ATokenIsGoodForOneDeskForEver) {
  Issue("W0000011");
  Prepare("desk", {"W0000011"}, token_);
  const auto begun = Begin(token_, pc_);
  ASSERT_EQ(CodeOf(Finish(*begun, pc_)), 0);
  EXPECT_EQ(CodeOf(Begin(token_, identity::MakeRequest())), Number(ErrorCode::kEnrolmentTokenInvalid));
  EXPECT_EQ(CodeOf(Begin(Bytes(32, 0x43), pc_)), Number(ErrorCode::kEnrolmentTokenInvalid));
}

TEST_F(ActivationTest, OnlyTheKeyThatBeganCanFinish) {
  Issue("W0000011");
  Prepare("desk", {"W0000011"}, token_);
  const auto begun = Begin(token_, pc_);
  EXPECT_EQ(CodeOf(Finish(*begun, identity::MakeRequest())), Number(ErrorCode::kActivationRefused));
  EXPECT_EQ(CodeOf(activation_->Finish(begun->activation_id, Bytes(200, 1), Soon())),
            Number(ErrorCode::kActivationRefused));
  EXPECT_EQ(CodeOf(activation_->Finish("no ceremony", Bytes{}, Soon())), Number(ErrorCode::kActivationExpired));
  EXPECT_THAT(national_.calls, ElementsAre());
  EXPECT_EQ(CodeOf(Finish(*begun, pc_)), 0);
}

TEST_F(ActivationTest, OneTokenActivatesEveryAccountOfItsDesk) {
  Issue("W0000011");
  Issue("W0000012", "1331234567");
  const std::string desk = Prepare("desk", {"W0000011", "W0000012"}, token_);
  const auto begun = Begin(token_, pc_);
  ASSERT_EQ(CodeOf(Finish(*begun, pc_)), 0);
  EXPECT_EQ(Count("device_account WHERE state = 'active' AND desk_id = '" + desk + "'"), 2);
  EXPECT_THAT(national_.calls, ElementsAre("activate W0000011", "activate W0000012"));
}

TEST_F(ActivationTest, OfTwoDesksWithTheSameTokenOneWins) {
  Issue("W0000011");
  const std::string desk = Prepare("desk", {"W0000011"}, token_);
  std::vector<identity::TestRequest> pcs;
  std::vector<Begun> begun;
  for (int i = 0; i < 4; ++i) {
    pcs.push_back(identity::MakeRequest());
    const auto one = Begin(token_, pcs.back());
    ASSERT_EQ(CodeOf(one), 0);
    begun.push_back(*one);
  }
  std::vector<std::future<int>> tries;
  for (std::size_t i = 0; i < pcs.size(); ++i)
    tries.push_back(std::async(std::launch::async, [&, i] { return CodeOf(Finish(begun[i], pcs[i])); }));
  int winners = 0;
  for (auto& attempt : tries) {
    const int code = attempt.get();
    winners += code == 0 ? 1 : 0;
    EXPECT_THAT(code,
                testing::AnyOf(0, Number(ErrorCode::kChangedMeanwhile), Number(ErrorCode::kEnrolmentTokenInvalid)));
  }
  EXPECT_EQ(winners, 1);
  EXPECT_EQ(Count("desk_certificate WHERE desk_id = '" + desk + "'"), 1);
  EXPECT_EQ(Count("activation WHERE step IN ('begun', 'telling', 'told')"), 0);
}

TEST_F(ActivationTest, TheSameFinishTwiceAtOnceGivesOneCertificate) {
  Issue("W0000011");
  Prepare("desk", {"W0000011"}, token_);
  const auto begun = Begin(token_, pc_);
  const auto another = AnotherServer();
  auto first = std::async(std::launch::async, [&] { return Finish(*begun, pc_); });
  const auto second = another->Finish(begun->activation_id, SignatureOf(*begun, pc_), Soon());
  const auto one = first.get();
  ASSERT_EQ(CodeOf(one), 0);
  ASSERT_EQ(CodeOf(second), 0);
  EXPECT_EQ(one->certificate_pem, second->certificate_pem);
}

TEST_F(ActivationTest, BySheetMakesADeskOfTheGivenName) {
  Issue("W0000011");
  const auto begun = BeginBySheet("W0000011", pc_, PasswordOf("W0000011"), "1234-5600-0011", "受付 3");
  ASSERT_EQ(CodeOf(begun), 0);
  const auto activated = Finish(*begun, pc_);
  ASSERT_EQ(CodeOf(activated), 0);
  EXPECT_EQ(activated->desk_name, "受付 3");
  EXPECT_EQ(national_.bound["W0000011"], activated->desk_id);
  EXPECT_EQ(Count("activation WHERE sealed IS NOT NULL"), 0);
}

TEST_F(ActivationTest, BySheetOfAPreparedDeskBecomesThatDesk) {
  Issue("W0000011");
  const std::string desk = Prepare("窓口 7", {"W0000011"}, token_);
  const auto begun = BeginBySheet("W0000011", pc_, PasswordOf("W0000011"), CodeOfAccount("W0000011"));
  const auto activated = Finish(*begun, pc_);
  ASSERT_EQ(CodeOf(activated), 0);
  EXPECT_EQ(activated->desk_id, desk);
  EXPECT_EQ(activated->desk_name, "窓口 7");
}

TEST_F(ActivationTest, TheSheetsSecretsComeFromTheDeskWhenNoneAreKept) {
  Issue("W0000011");
  Sql("DELETE FROM sealed_sheet");
  const auto begun = BeginBySheet("W0000011", pc_, PasswordOf("W0000011"), CodeOfAccount("W0000011"));
  ASSERT_EQ(CodeOf(Finish(*begun, pc_)), 0);
}

TEST_F(ActivationTest, WrongFieldsAreNotToldApartAndLockAfterFive) {
  Issue("W0000011");
  EXPECT_EQ(CodeOf(BeginBySheet("W0000011", pc_, "wrong", CodeOfAccount("W0000011"))),
            Number(ErrorCode::kActivationRefused));
  EXPECT_EQ(CodeOf(BeginBySheet("W0000011", pc_, PasswordOf("W0000011"), "000000000000")),
            Number(ErrorCode::kActivationRefused));
  EXPECT_EQ(CodeOf(BeginBySheet("W0000011", pc_, PasswordOf("W0000011"), "12")), Number(ErrorCode::kActivationRefused));
  EXPECT_EQ(CodeOf(BeginBySheet("W0000011", pc_, "", "")), Number(ErrorCode::kActivationRefused));
  EXPECT_EQ(CodeOf(BeginBySheet("W0000011", pc_, "wrong", "1")), Number(ErrorCode::kLogInLocked));
  EXPECT_GT(locked_for_.count(), 29 * 60 * 1000);
  EXPECT_EQ(CodeOf(BeginBySheet("W0000011", pc_, PasswordOf("W0000011"), CodeOfAccount("W0000011"))),
            Number(ErrorCode::kLogInLocked));
  EXPECT_EQ(Count("activation"), 0);
}

TEST_F(ActivationTest, UnknownAccountsAreRefusedAndLockedAlike) {
  for (int i = 0; i < 4; ++i)
    EXPECT_EQ(CodeOf(BeginBySheet("W9999999", pc_, "any", "123456789012")), Number(ErrorCode::kActivationRefused));
  EXPECT_EQ(CodeOf(BeginBySheet("W9999999", pc_, "any", "123456789012")), Number(ErrorCode::kLogInLocked));
  EXPECT_EQ(CodeOf(BeginBySheet("no account'; --", pc_, "any", "x")), Number(ErrorCode::kActivationRefused));
}

TEST_F(ActivationTest, ARightSheetGivesTheTriesBack) {
  Issue("W0000011");
  for (int i = 0; i < 4; ++i) static_cast<void>(BeginBySheet("W0000011", pc_, "wrong", "1"));
  EXPECT_EQ(CodeOf(BeginBySheet("W0000011", pc_, PasswordOf("W0000011"), CodeOfAccount("W0000011"))), 0);
  EXPECT_EQ(Count("log_in_failure"), 0);
}

TEST_F(ActivationTest, ADesksNameIsCheckedBeforeAnythingElse) {
  Issue("W0000011");
  EXPECT_EQ(CodeOf(BeginBySheet("W0000011", pc_, PasswordOf("W0000011"), CodeOfAccount("W0000011"), "a\u202Eb")),
            Number(ErrorCode::kFieldInvalid));
  EXPECT_EQ(Count("log_in_failure"), 0);
}

TEST_F(ActivationTest, ABadRequestUsesNothingUp) {
  Issue("W0000011");
  Prepare("desk", {"W0000011"}, token_);
  EXPECT_EQ(CodeOf(activation_->BeginByToken(token_, identity::RequestSignedByAnotherKey(), Soon())),
            Number(ErrorCode::kCertificateRequestInvalid));
  EXPECT_EQ(CodeOf(Begin(token_, pc_)), 0);
}

TEST_F(ActivationTest, OneDeskCannotOpenCeremoniesWithoutEnd) {
  Issue("W0000011");
  Prepare("desk", {"W0000011"}, token_);
  for (int i = 0; i < kOpenCeremoniesOfDeskMax; ++i) EXPECT_EQ(CodeOf(Begin(token_, pc_)), 0);
  EXPECT_EQ(CodeOf(Begin(token_, pc_)), Number(ErrorCode::kServerBusy));
}

TEST_F(ActivationTest, ManualModeTellsNobodyAndNeedsNoSealedSecrets) {
  Issue("W0000011");
  Sql("DELETE FROM sealed_sheet");
  Prepare("desk", {"W0000011"}, token_);
  national_.is_told = false;
  const auto begun = Begin(token_, pc_);
  ASSERT_EQ(CodeOf(Finish(*begun, pc_)), 0);
  EXPECT_THAT(national_.calls, ElementsAre());
  EXPECT_EQ(UnspentCodes("W0000011"), 0);
  EXPECT_EQ(Sql("SELECT national_bound FROM device_account WHERE account_id = 'W0000011'"), "f");
}

TEST_F(ActivationTest, AnAccountThatNeverHadSecretsIsActivatedWithoutTellingAnybody) {
  Sql("INSERT INTO device_account (account_id, institution_code) VALUES ('W0000011', '1311234567')");
  Prepare("desk", {"W0000011"}, token_);
  const auto begun = Begin(token_, pc_);
  ASSERT_EQ(CodeOf(Finish(*begun, pc_)), 0);
  EXPECT_EQ(StateOf("W0000011"), "active");
  EXPECT_THAT(national_.calls, ElementsAre());
}

}  // namespace
}  // namespace madoguchi::account
