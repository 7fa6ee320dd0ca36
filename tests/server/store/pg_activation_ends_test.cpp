// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>

#include <future>

#include "contract/crypto/digest.h"
#include "server/identity/activation_keys.h"
#include "server/store/pg_activations.h"
#include "tests/server/store/activation_fixture.h"
#include "tests/server/store/commit_breaker.h"

namespace madoguchi::account {
namespace {

using testing::ElementsAre;
using Fault = NationalBook::Fault;

TEST_F(ActivationTest, WhatTheNationalSideRefusesLeavesTheCodeUnspent) {
  Issue("W0000011");
  Prepare("desk", {"W0000011"}, token_);
  national_.refused = {"W0000011"};
  const auto begun = Begin(token_, pc_);
  EXPECT_EQ(CodeOf(Finish(*begun, pc_)), Number(ErrorCode::kNationalAccountRefused));
  EXPECT_EQ(CodeOf(Finish(*begun, pc_)), Number(ErrorCode::kNationalAccountRefused));
  EXPECT_THAT(national_.calls, ElementsAre("activate W0000011"));
  EXPECT_EQ(StateOf("W0000011"), "issued");
  EXPECT_EQ(UnspentCodes("W0000011"), 1);
  EXPECT_EQ(Count("sealed_sheet"), 1);
  national_.refused.clear();
  const auto later = Begin(token_, pc_);
  EXPECT_EQ(CodeOf(Finish(*later, pc_)), 0);
}

TEST_F(ActivationTest, AnUnreachableNationalSideLeavesTheCeremonyWhereItWas) {
  Issue("W0000011");
  Prepare("desk", {"W0000011"}, token_);
  national_.faults = {Fault::kUnreachable};
  const auto begun = Begin(token_, pc_);
  EXPECT_EQ(CodeOf(Finish(*begun, pc_)), Number(ErrorCode::kNationalUnreachable));
  EXPECT_EQ(Sql("SELECT step FROM activation"), "begun");
  EXPECT_EQ(CodeOf(Finish(*begun, pc_)), 0);
}

TEST_F(ActivationTest, AfterALostAnswerTheSameFinishCompletes) {
  Issue("W0000011");
  const std::string desk = Prepare("desk", {"W0000011"}, token_);
  national_.faults = {Fault::kAnswerLost};
  const auto begun = Begin(token_, pc_);
  EXPECT_EQ(CodeOf(Finish(*begun, pc_)), Number(ErrorCode::kNationalOutcomeUnknown));
  EXPECT_EQ(Sql("SELECT step FROM activation"), "telling");
  EXPECT_EQ(CodeOf(Begin(token_, pc_)), Number(ErrorCode::kChangedMeanwhile));
  ASSERT_EQ(CodeOf(Finish(*begun, pc_)), 0);
  EXPECT_EQ(national_.bound["W0000011"], desk);
}

TEST_F(ActivationTest, AfterALostAnswerAndNoMoreFinishItIsUndoneOnBothSides) {
  Issue("W0000011");
  Prepare("desk", {"W0000011"}, token_);
  national_.faults = {Fault::kAnswerLost};
  const auto begun = Begin(token_, pc_);
  EXPECT_EQ(CodeOf(Finish(*begun, pc_)), Number(ErrorCode::kNationalOutcomeUnknown));
  EXPECT_EQ(*activation_->Heal(), 0);  // its time is not over
  TimePasses();
  const auto restarted = AnotherServer();
  EXPECT_EQ(*restarted->Heal(), 1);
  EXPECT_EQ(national_.bound["W0000011"], "");
  EXPECT_EQ(StateOf("W0000011"), "issued");
  EXPECT_EQ(UnspentCodes("W0000011"), 1);
  EXPECT_EQ(CodeOf(Finish(*begun, pc_)), Number(ErrorCode::kActivationExpired));
  EXPECT_EQ(Sql("SELECT actor FROM audit_event WHERE action = 'identity.activation_undone'"), "server");
  // The new code is sealed here: the same token goes on with it.
  const auto later = Begin(token_, pc_);
  EXPECT_EQ(CodeOf(Finish(*later, pc_)), 0);
}

TEST_F(ActivationTest, HealingGoesOnUntilTheNationalSideAnswers) {
  Issue("W0000011");
  Prepare("desk", {"W0000011"}, token_);
  national_.faults = {Fault::kAnswerLost, Fault::kUnreachable, Fault::kAnswerLost};
  const auto begun = Begin(token_, pc_);
  static_cast<void>(Finish(*begun, pc_));
  TimePasses();
  EXPECT_EQ(*activation_->Heal(), 0);  // unreachable
  EXPECT_EQ(*activation_->Heal(), 0);  // not at once again
  TimePasses();
  EXPECT_EQ(*activation_->Heal(), 0);  // released, but the answer was lost
  TimePasses();
  EXPECT_EQ(*activation_->Heal(), 1);
  EXPECT_EQ(UnspentCodes("W0000011"), 1);
  const auto later = Begin(token_, pc_);
  EXPECT_EQ(CodeOf(Finish(*later, pc_)), 0);
}

TEST_F(ActivationTest, OfTwoServersOneHealsACeremony) {
  Issue("W0000011");
  Prepare("desk", {"W0000011"}, token_);
  national_.faults = {Fault::kAnswerLost};
  const auto begun = Begin(token_, pc_);
  static_cast<void>(Finish(*begun, pc_));
  TimePasses();
  const auto another = AnotherServer();
  auto first = std::async(std::launch::async, [&] { return *activation_->Heal(); });
  const int second = *another->Heal();
  EXPECT_EQ(first.get() + second, 1);
  EXPECT_THAT(national_.calls, ElementsAre("activate W0000011", "release W0000011"));
}

TEST_F(ActivationTest, WhenTheSecondAccountIsRefusedTheFirstIsUndone) {
  Issue("W0000011");
  Issue("W0000012", "1331234567");
  Prepare("desk", {"W0000011", "W0000012"}, token_);
  national_.refused = {"W0000012"};
  const auto begun = Begin(token_, pc_);
  EXPECT_EQ(CodeOf(Finish(*begun, pc_)), Number(ErrorCode::kNationalAccountRefused));
  EXPECT_EQ(national_.bound["W0000011"], "");
  EXPECT_EQ(Sql("SELECT step FROM activation"), "failed");
  EXPECT_EQ(Count("device_account WHERE state = 'issued' AND account_id IN ('W0000011', 'W0000012')"), 2);
  EXPECT_EQ(UnspentCodes("W0000011") + UnspentCodes("W0000012"), 2);
}

TEST_F(ActivationTest, WhatChangedHereAfterTellingIsUndoneThere) {
  Issue("W0000011");
  const std::string desk = Prepare("desk", {"W0000011"}, token_);
  const auto begun = Begin(token_, pc_);
  Sql("UPDATE desk SET status = 'active'");
  ASSERT_EQ(CodeOf(activations_.StartTelling(begun->activation_id, Soon())), 0);
  ASSERT_EQ(CodeOf(activations_.Told(begun->activation_id, Soon())), 0);
  national_.bound["W0000011"] = desk;
  Sql("UPDATE desk SET status = 'revoked' WHERE desk_id = '" + desk + "'");
  EXPECT_EQ(CodeOf(Finish(*begun, pc_)), Number(ErrorCode::kEnrolmentTokenInvalid));
  TimePasses();
  static_cast<void>(activation_->Heal());
  EXPECT_EQ(national_.bound["W0000011"], "");
  EXPECT_EQ(Count("desk_certificate WHERE desk_id = '" + desk + "'"), 0);
}

TEST_F(ActivationTest, ADatabaseThatGoesAwayAtTheLastStepLeavesItToTheNextFinish) {
  Issue("W0000011");
  const std::string desk = Prepare("desk", {"W0000011"}, token_);
  const auto begun = Begin(token_, pc_);
  ASSERT_EQ(CodeOf(activations_.StartTelling(begun->activation_id, Soon())), 0);
  ASSERT_EQ(CodeOf(activations_.Told(begun->activation_id, Soon())), 0);
  national_.bound["W0000011"] = desk;
  store::CommitBreaker breaker(cluster_folder());
  store::PgPool broken_pool("host=" + breaker.folder() + " dbname=" + database_ + " user=madoguchi_server", 1, limit_);
  store::PgActivations broken(broken_pool, "server-one");
  const auto issue = identity::KeysOfActivation(*ca_).issue;
  breaker.BreakNextCommitBeforeTheDatabase();
  EXPECT_EQ(CodeOf(broken.Complete(begun->activation_id, true, issue, Soon())),
            Number(ErrorCode::kDatabaseOutcomeInDoubt));
  EXPECT_EQ(StateOf("W0000011"), "issued");
  EXPECT_EQ(UnspentCodes("W0000011"), 1);
  breaker.BreakNextCommitAfterTheDatabase();
  EXPECT_EQ(CodeOf(broken.Complete(begun->activation_id, true, issue, Soon())),
            Number(ErrorCode::kDatabaseOutcomeInDoubt));
  const auto again = Finish(*begun, pc_);
  ASSERT_EQ(CodeOf(again), 0);
  EXPECT_EQ(again->certificate_pem, Sql("SELECT certificate_pem FROM activation"));
  EXPECT_EQ(Count("desk_certificate WHERE desk_id = '" + desk + "'"), 1);
}

TEST_F(ActivationTest, AfterItsTimeACeremonyEndsAndAMadeDeskWithIt) {
  Issue("W0000011");
  const auto begun = BeginBySheet("W0000011", pc_, PasswordOf("W0000011"), CodeOfAccount("W0000011"), "made for it");
  ASSERT_EQ(CodeOf(begun), 0);
  TimePasses();
  EXPECT_EQ(CodeOf(Finish(*begun, pc_)), Number(ErrorCode::kActivationExpired));
  EXPECT_EQ(*activation_->Heal(), 0);
  EXPECT_EQ(Sql("SELECT step FROM activation"), "failed");
  EXPECT_EQ(Sql("SELECT status FROM desk WHERE name = 'made for it'"), "revoked");
  EXPECT_EQ(Count("activation WHERE sealed IS NOT NULL"), 0);
  EXPECT_THAT(national_.calls, ElementsAre());
  EXPECT_EQ(UnspentCodes("W0000011"), 1);
}

TEST_F(ActivationTest, ADeskThatIsActivatedAnewEndsItsOlderCertificate) {
  Sql("INSERT INTO institution (code) VALUES ('1331234567')");
  Issue("W0000012", "1331234567");
  Sql("UPDATE device_account SET reserved_for_desk = '" + desk_one_ + "' WHERE account_id = 'W0000012'");
  Sql("INSERT INTO enrolment_token (token_sha256, desk_id, expires_at) VALUES ('\\x" + ToHex(crypto::Sha256(token_)) +
      "', '" + desk_one_ + "', now() + interval '1 hour')");
  const auto begun = Begin(token_, pc_);
  ASSERT_EQ(CodeOf(Finish(*begun, pc_)), 0);
  EXPECT_EQ(Count("desk_certificate WHERE desk_id = '" + desk_one_ + "' AND revoked_at IS NULL"), 1);
  EXPECT_EQ(Count("device_account WHERE desk_id = '" + desk_one_ + "' AND state = 'active'"), 2);
}

}  // namespace
}  // namespace madoguchi::account
