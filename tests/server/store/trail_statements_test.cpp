// SPDX-License-Identifier: Apache-2.0
// The rules of a press, as the database applies them.
#include "server/store/trail_statements.h"

#include "contract/crypto/random.h"
#include "server/audit/event.h"
#include "server/eligibility/answer.h"
#include "server/store/connection.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

using audit::CheckIntent;
using audit::CheckOutcome;

class TrailStatementsTest : public StoreTest {
 protected:
  TrailStatementsTest() {
    auto opened = Connection::Open(server_url(), "trail", nullptr);
    EXPECT_TRUE(opened.ok());
    connection_ = std::move(opened).value();
    PrepareTrailStatements(connection_->raw());
  }
  std::vector<RowAnswer> Write(const std::vector<TrailRow>& rows) {
    std::vector<const TrailRow*> pointers;
    for (const TrailRow& row : rows) pointers.push_back(&row);
    auto answers = connection_->Transact([&](pqxx::work& transaction) -> Result<std::vector<RowAnswer>> {
      return WriteRows(transaction, pointers, "server-one");
    });
    EXPECT_EQ(CodeOf(answers), 0);
    return std::move(answers).value();
  }
  RowAnswer Write(auto what) { return Write(std::vector<TrailRow>{{UuidText(crypto::NewUuid()), std::move(what)}})[0]; }

  void SignIn(const std::string& desk_id) const {
    Sql("INSERT INTO staff (staff_code, name, pin_hash) VALUES ('A12', 'somebody', '$argon2id$x') ON CONFLICT DO "
        "NOTHING");
    Sql("INSERT INTO operator_sign_in (desk_id, staff_code, idle_seconds) VALUES ('" + desk_id + "', 'A12', 900)");
  }

  std::unique_ptr<Connection> connection_;
};

TEST_F(TrailStatementsTest, AnIntentOpensThePressAndRecordsIt) {
  const CheckIntent intent = Intent();
  const RowAnswer receipt = Write(intent);
  ASSERT_EQ(CodeOf(receipt), 0);
  EXPECT_EQ(receipt->epoch, 1u);
  EXPECT_EQ(receipt->challenge_id, intent.challenge_id);
  EXPECT_EQ(receipt->challenge, intent.challenge);
  EXPECT_EQ(Sql("SELECT concat_ws('|', action, owner, institution_code, desk_id, account_id, press_id, epoch, method, "
                "card_hash, code) FROM audit_event"),
            "check.intent|server-one|1311234567|" + desk_one_ + "|W0000001|" + UuidText(intent.press_id) +
                "|1|pin|0011aabb:card|0");
  EXPECT_EQ(Count("press WHERE ended_at IS NULL"), 1);
}

TEST_F(TrailStatementsTest, AnIntentIsRefusedWhenTheAccountIsStopped) {
  Sql("UPDATE device_account SET state = 'suspended' WHERE account_id = 'W0000001'");
  EXPECT_EQ(CodeOf(Write(Intent())), Number(ErrorCode::kAccountNotUsable));
  EXPECT_EQ(Count("press"), 0);
  EXPECT_EQ(Count("audit_event"), 0);
}

TEST_F(TrailStatementsTest, AnIntentIsRefusedWhenTheAccountBelongsToAnotherDesk) {
  EXPECT_EQ(CodeOf(Write(IntentOf(desk_one_, "W0000002"))), Number(ErrorCode::kAccountNotUsable));
}

TEST_F(TrailStatementsTest, AnIntentIsRefusedWhenTheAccountIsOfAnotherInstitution) {
  CheckIntent intent = Intent();
  intent.institution_code = "1331234567";
  EXPECT_EQ(CodeOf(Write(intent)), Number(ErrorCode::kAccountNotUsable));
}

TEST_F(TrailStatementsTest, AnIntentIsRefusedWhenTheDeskIsRevoked) {
  Sql("UPDATE desk SET status = 'revoked' WHERE desk_id = '" + desk_one_ + "'");
  EXPECT_EQ(CodeOf(Write(Intent())), Number(ErrorCode::kDeskNotActive));
  EXPECT_EQ(Count("audit_event"), 0);
}

TEST_F(TrailStatementsTest, AnIntentIsRefusedWhenTheCertificateIsUnknownRevokedExpiredOrAnotherDesks) {
  CheckIntent intent = Intent();
  intent.certificate_sha256.clear();
  EXPECT_EQ(CodeOf(Write(intent)), Number(ErrorCode::kCertificateNotAccepted));
  intent.certificate_sha256 = CertificateOf(desk_two_);
  EXPECT_EQ(CodeOf(Write(intent)), Number(ErrorCode::kCertificateNotAccepted));
  Sql("UPDATE desk_certificate SET not_after = now() WHERE desk_id = '" + desk_one_ + "'");
  EXPECT_EQ(CodeOf(Write(Intent())), Number(ErrorCode::kCertificateNotAccepted));
  Sql("UPDATE desk_certificate SET not_after = now() + interval '1 day', revoked_at = now() WHERE desk_id = '" +
      desk_one_ + "'");
  EXPECT_EQ(CodeOf(Write(Intent())), Number(ErrorCode::kCertificateNotAccepted));
  EXPECT_EQ(Count("press"), 0);
}

TEST_F(TrailStatementsTest, AnIntentIsRefusedWhenTheAccountIsNotLoggedInAtThisDesk) {
  Sql("DELETE FROM desk_log_in WHERE desk_id = '" + desk_one_ + "'");
  EXPECT_EQ(CodeOf(Write(Intent())), Number(ErrorCode::kNotLoggedIn));
  EXPECT_EQ(CodeOf(Write(IntentOf(desk_two_, "W0000002"))), 0);
}

TEST_F(TrailStatementsTest, AnIntentThatNeedsAnOperatorIsRefusedWithoutOneOrWhenTheyAreIdle) {
  CheckIntent intent = Intent();
  intent.operator_needed = true;
  EXPECT_EQ(CodeOf(Write(intent)), Number(ErrorCode::kOperatorNeeded));
  SignIn(desk_two_);
  EXPECT_EQ(CodeOf(Write(intent)), Number(ErrorCode::kOperatorNeeded));  // at another desk
  SignIn(desk_one_);
  Sql("UPDATE operator_sign_in SET last_used_at = now() - interval '901 seconds'");
  EXPECT_EQ(CodeOf(Write(intent)), Number(ErrorCode::kOperatorNeeded));
  EXPECT_EQ(Count("press"), 0);
}

TEST_F(TrailStatementsTest, AnIntentWritesItsOperatorAndKeepsThemSignedIn) {
  SignIn(desk_one_);
  Sql("UPDATE operator_sign_in SET last_used_at = now() - interval '800 seconds'");
  CheckIntent intent = Intent();
  intent.operator_needed = true;
  ASSERT_EQ(CodeOf(Write(intent)), 0);
  ASSERT_EQ(CodeOf(Write(OutcomeOf(intent, 1))), 0);
  EXPECT_EQ(Sql("SELECT operator_code FROM press"), "A12");
  EXPECT_EQ(Sql("SELECT string_agg(action || '=' || operator_code, ',' ORDER BY sequence) FROM audit_event"),
            "check.intent=A12,check.outcome=A12");
  EXPECT_EQ(Sql("SELECT last_used_at > now() - interval '1 minute' FROM operator_sign_in"), "t");
}

TEST_F(TrailStatementsTest, AnIntentWithoutThePolicyNamesNoOperator) {
  SignIn(desk_one_);
  ASSERT_EQ(CodeOf(Write(Intent())), 0);
  EXPECT_EQ(Count("press WHERE operator_code IS NULL"), 1);
}

TEST_F(TrailStatementsTest, AnIntentKeepsWhenItsAccountWasLastUsed) {
  ASSERT_EQ(CodeOf(Write(Intent())), 0);
  EXPECT_EQ(Sql("SELECT last_used_at > now() - interval '1 minute' FROM device_account WHERE account_id = 'W0000001'"),
            "t");
  EXPECT_EQ(Count("device_account WHERE last_used_at IS NULL"), 1);
}

TEST_F(TrailStatementsTest, AnIntentDoesNotWaitForSomebodyWhoWorksOnItsAccount) {
  SignIn(desk_one_);
  pqxx::connection other(UrlOf("postgres"));
  pqxx::work busy(other);
  busy.exec("SELECT FROM device_account FOR UPDATE");
  busy.exec("SELECT FROM operator_sign_in FOR UPDATE");
  CheckIntent intent = Intent();
  intent.operator_needed = true;
  EXPECT_EQ(CodeOf(Write(intent)), 0);
}

TEST_F(TrailStatementsTest, ARefusalNamesTheFirstReasonOfTheOrder) {
  CheckIntent intent = Intent();
  intent.operator_needed = true;
  EXPECT_EQ(CodeOf(Write(intent)), Number(ErrorCode::kOperatorNeeded));
  Sql("DELETE FROM desk_log_in");
  EXPECT_EQ(CodeOf(Write(intent)), Number(ErrorCode::kNotLoggedIn));
  Sql("UPDATE device_account SET state = 'suspended'");
  EXPECT_EQ(CodeOf(Write(intent)), Number(ErrorCode::kAccountNotUsable));
  Sql("UPDATE desk_certificate SET revoked_at = now()");
  EXPECT_EQ(CodeOf(Write(intent)), Number(ErrorCode::kCertificateNotAccepted));
  Sql("UPDATE desk SET status = 'revoked'");
  EXPECT_EQ(CodeOf(Write(intent)), Number(ErrorCode::kDeskNotActive));
}

TEST_F(TrailStatementsTest, AnIntentIsRefusedWhenThePressIsOfAnotherDesk) {
  const CheckIntent first = Intent();
  ASSERT_EQ(CodeOf(Write(first)), 0);
  CheckIntent second = IntentOf(desk_two_, "W0000002");
  second.press_id = first.press_id;
  EXPECT_EQ(CodeOf(Write(second)), Number(ErrorCode::kPressIdReused));
  EXPECT_EQ(Sql("SELECT epoch FROM press"), "1");
}

TEST_F(TrailStatementsTest, AnIntentIsRefusedWhenThePressHasEnded) {
  const CheckIntent intent = Intent();
  ASSERT_EQ(CodeOf(Write(intent)), 0);
  ASSERT_EQ(CodeOf(Write(OutcomeOf(intent, 1))), 0);
  EXPECT_EQ(CodeOf(Write(intent)), Number(ErrorCode::kPressIdReused));
}

TEST_F(TrailStatementsTest, AnIntentIsRefusedWhenThePressComesBackWithAnotherCard) {
  CheckIntent intent = Intent();
  ASSERT_EQ(CodeOf(Write(intent)), 0);
  intent.card_hash = "0011aabb:other";
  EXPECT_EQ(CodeOf(Write(intent)), Number(ErrorCode::kPressIdReused));
}

TEST_F(TrailStatementsTest, ATakeoverRaisesTheEpochAndTheOldEpochsOutcomeIsRefused) {
  CheckIntent intent = Intent();
  ASSERT_EQ(CodeOf(Write(intent)), 0);
  intent.owner = "server-two";
  const RowAnswer taken = Write(intent);
  ASSERT_EQ(CodeOf(taken), 0);
  EXPECT_EQ(taken->epoch, 2u);
  EXPECT_EQ(CodeOf(Write(OutcomeOf(intent, 1))), Number(ErrorCode::kPressTakenOver));
  EXPECT_EQ(Count("audit_event WHERE action = 'check.outcome'"), 0);
  EXPECT_EQ(CodeOf(Write(OutcomeOf(intent, 2))), 0);
  EXPECT_EQ(Sql("SELECT owner || '|' || epoch FROM audit_event WHERE action = 'check.outcome'"), "server-two|2");
}

TEST_F(TrailStatementsTest, AResumedPressKeepsTheChallengeThatWasSigned) {
  const CheckIntent first = Intent();
  ASSERT_EQ(CodeOf(Write(first)), 0);
  CheckIntent again = first;
  again.resumes = true;
  again.challenge_id.clear();
  again.challenge.clear();
  const RowAnswer receipt = Write(again);
  ASSERT_EQ(CodeOf(receipt), 0);
  EXPECT_EQ(receipt->challenge_id, first.challenge_id);
  EXPECT_EQ(receipt->challenge, first.challenge);
}

TEST_F(TrailStatementsTest, ATakeoverWithoutProofReplacesTheChallenge) {
  const CheckIntent first = Intent();
  ASSERT_EQ(CodeOf(Write(first)), 0);
  CheckIntent again = Intent();
  again.press_id = first.press_id;
  const RowAnswer receipt = Write(again);
  ASSERT_EQ(CodeOf(receipt), 0);
  EXPECT_EQ(receipt->challenge, again.challenge);
}

TEST_F(TrailStatementsTest, AnIntentWithoutCardOrChallengeIsRecordedToo) {
  CheckIntent intent = Intent();
  intent.card_hash.clear();
  intent.challenge_id.clear();
  intent.challenge.clear();
  const RowAnswer receipt = Write(intent);
  ASSERT_EQ(CodeOf(receipt), 0);
  EXPECT_TRUE(receipt->challenge.empty());
  EXPECT_EQ(Count("audit_event WHERE card_hash IS NULL"), 1);
}

TEST_F(TrailStatementsTest, AnOutcomeEndsThePressOnceWithItsCodesAndTimes) {
  const CheckIntent intent = Intent();
  ASSERT_EQ(CodeOf(Write(intent)), 0);
  ASSERT_EQ(CodeOf(Write(OutcomeOf(intent, 1))), 0);
  EXPECT_EQ(CodeOf(Write(OutcomeOf(intent, 1))), Number(ErrorCode::kPressTakenOver));
  EXPECT_EQ(Sql("SELECT concat_ws('|', institution_code, account_id, method, card_hash, insurance_hash, code, "
                "segment_of_result_code,"
                " processing_status_code, validity_code, results, card_trips, card_us, national_us, total_us)"
                " FROM audit_event WHERE action = 'check.outcome'"),
            "1311234567|W0000001|pin|0011aabb:card|0011aabb:insurance|0|1|1|1|1|1|1500|2500|5000");
  EXPECT_EQ(Count("audit_event WHERE action = 'check.outcome' AND processing_code IS NULL"), 1);
}

TEST_F(TrailStatementsTest, ALostDeskLeavesThePressOpenSoThatItCanGoOnWhereItWas) {
  CheckIntent intent = Intent();
  ASSERT_EQ(CodeOf(Write(intent)), 0);
  CheckOutcome lost = OutcomeOf(intent, 1);
  lost.code = Number(ErrorCode::kDeskGone);
  lost.ends_press = false;
  ASSERT_EQ(CodeOf(Write(lost)), 0);
  EXPECT_EQ(Count("press WHERE ended_at IS NULL"), 1);
  intent.resumes = true;
  const RowAnswer receipt = Write(intent);
  ASSERT_EQ(CodeOf(receipt), 0);
  EXPECT_EQ(receipt->epoch, 2u);
  EXPECT_EQ(CodeOf(Write(OutcomeOf(intent, 2))), 0);
}

TEST_F(TrailStatementsTest, AnAnswerLostOnTheWayMayBeAskedForAgainForAShortTimeWithTheProof) {
  CheckIntent intent = Intent();
  ASSERT_EQ(CodeOf(Write(intent)), 0);
  ASSERT_EQ(CodeOf(Write(OutcomeOf(intent, 1))), 0);
  intent.resumes = true;
  const RowAnswer receipt = Write(intent);
  ASSERT_EQ(CodeOf(receipt), 0);
  EXPECT_EQ(receipt->epoch, 2u);
  EXPECT_EQ(receipt->challenge, intent.challenge);
  ASSERT_EQ(CodeOf(Write(OutcomeOf(intent, 2))), 0);
  Sql("UPDATE press SET ended_at = ended_at - interval '3 minutes'");
  EXPECT_EQ(CodeOf(Write(intent)), Number(ErrorCode::kPressIdReused));
}

TEST_F(TrailStatementsTest, NewPressesForgetTheOldOnesAndTheTrailKeepsWhatTheyWere) {
  std::vector<CheckIntent> old;
  for (int i = 0; i < 5; ++i) {
    old.push_back(Intent());
    ASSERT_EQ(CodeOf(Write(old.back())), 0);
  }
  Sql("UPDATE press SET opened_at = now() - interval '6 days'");
  ASSERT_EQ(CodeOf(Write(Intent())), 0);
  EXPECT_EQ(Count("press"), 6);  // none is old enough
  Sql("UPDATE press SET opened_at = now() - interval '8 days' WHERE opened_at < now() - interval '1 day'");
  ASSERT_EQ(CodeOf(Write(old[0])), 0);  // one that comes back is not forgotten
  EXPECT_EQ(Count("press"), 4);
  EXPECT_EQ(Count("press WHERE epoch = 2"), 1);
  for (int i = 0; i < 3; ++i) ASSERT_EQ(CodeOf(Write(Intent())), 0);
  EXPECT_EQ(Count("press WHERE opened_at < now() - interval '7 days'"), 0);
  EXPECT_EQ(Count("audit_event WHERE action = 'check.intent'"), 10);
}

TEST_F(TrailStatementsTest, AMethodThatTheRulesDoNotAllowAtThisDeskIsRefused) {
  CheckIntent by_sight = Intent();
  by_sight.method = "sight";
  EXPECT_EQ(CodeOf(Write(by_sight)), 0);
  Sql("INSERT INTO method_rule (desk_id, methods, made_by) VALUES ('" + desk_one_ + "', '{pin}', 'somebody')");
  by_sight.press_id = crypto::NewUuid();
  EXPECT_EQ(CodeOf(Write(by_sight)), Number(ErrorCode::kMethodNotAllowedHere));
  EXPECT_EQ(CodeOf(Write(Intent())), 0);
  CheckIntent elsewhere = IntentOf(desk_two_, "W0000002");
  elsewhere.method = "sight";
  EXPECT_EQ(CodeOf(Write(elsewhere)), 0);
}

TEST_F(TrailStatementsTest, WhatTheDeskStatedStandsBesideTheIntentAndItsOutcome) {
  CheckIntent intent = Intent();
  intent.method = "sight";
  intent.presenter = "guardian";
  intent.photo_check = "compared";
  intent.looked_seconds = 1;
  intent.patient_hash = "0011aabb:patient";
  ASSERT_EQ(CodeOf(Write(intent)), 0);
  ASSERT_EQ(CodeOf(Write(OutcomeOf(intent, 1))), 0);
  EXPECT_EQ(Count("audit_event WHERE method = 'sight' AND presenter = 'guardian' AND photo_check = 'compared' AND "
                  "patient_hash = '0011aabb:patient'"),
            2);
  EXPECT_EQ(Sql("SELECT string_agg(concat_ws('=', action, seconds), ' ' ORDER BY sequence) FROM audit_event"),
            "check.intent=1 check.outcome");
}

TEST_F(TrailStatementsTest, APressIsNotTakenUpAgainByAnotherMethod) {
  CheckIntent intent = Intent();
  ASSERT_EQ(CodeOf(Write(intent)), 0);
  intent.method = "sight";
  EXPECT_EQ(CodeOf(Write(intent)), Number(ErrorCode::kPressIdReused));
}

TEST_F(TrailStatementsTest, AnInquiryByNumbersMayBeAskedForAgainWithoutACard) {
  CheckIntent intent = Intent();
  intent.method = "number";
  intent.inquiry_reason = "card_not_brought";
  intent.card_hash = intent.challenge_id = "";
  intent.challenge.clear();
  intent.resumes = true;
  ASSERT_EQ(CodeOf(Write(intent)), 0);
  ASSERT_EQ(CodeOf(Write(OutcomeOf(intent, 1))), 0);
  const RowAnswer again = Write(intent);
  ASSERT_EQ(CodeOf(again), 0);
  EXPECT_EQ(again->epoch, 2u);
  EXPECT_EQ(Count("audit_event WHERE inquiry_reason = 'card_not_brought'"), 3);
}

TEST_F(TrailStatementsTest, AReceiptComputersRequestNeedsTheDesksAccountAndNoCertificate) {
  CheckIntent intent = Intent();
  intent.method = "number";
  intent.certificate_sha256 = Bytes(32, 0);
  EXPECT_EQ(CodeOf(Write(intent)), Number(ErrorCode::kCertificateNotAccepted));
  intent.by_file = true;
  EXPECT_EQ(CodeOf(Write(intent)), 0);
  Sql("DELETE FROM desk_log_in WHERE desk_id = '" + desk_one_ + "'");
  intent.press_id = crypto::NewUuid();
  EXPECT_EQ(CodeOf(Write(intent)), Number(ErrorCode::kNotLoggedIn));
}

TEST_F(TrailStatementsTest, KeptResultsAreWrittenWithTheOutcomeOrNotAtAll) {
  const CheckIntent intent = Intent();
  ASSERT_EQ(CodeOf(Write(intent)), 0);
  CheckOutcome outcome = OutcomeOf(intent, 1);
  outcome.kept = {{UuidText(crypto::NewUuid()), "oqs_folder", true, Bytes(90, 0x5A), std::chrono::hours(24)},
                  {UuidText(crypto::NewUuid()), "show_again", false, Bytes(90, 0x5B), std::chrono::seconds(300)}};
  outcome.person_hashes = {"", "0011aabb:person"};
  CheckOutcome stale = outcome;
  stale.epoch = 7;
  EXPECT_EQ(CodeOf(Write(stale)), Number(ErrorCode::kPressTakenOver));
  EXPECT_EQ(Count("kept_result"), 0);
  ASSERT_EQ(CodeOf(Write(outcome)), 0);
  EXPECT_EQ(Sql("SELECT string_agg(concat_ws('|', channel, state, length(sealed), "
                "extract(epoch FROM expires_at - created_at)::int > 299), ' ' ORDER BY channel) FROM kept_result"),
            "oqs_folder|held|90|t show_again|waiting|90|t");
  EXPECT_EQ(Sql("SELECT concat_ws('|', result, person_hash) FROM name_subject"), "1|0011aabb:person");
}

TEST_F(TrailStatementsTest, AnOutcomeOfAnotherDeskIsRefused) {
  const CheckIntent intent = Intent();
  ASSERT_EQ(CodeOf(Write(intent)), 0);
  CheckOutcome outcome = OutcomeOf(intent, 1);
  outcome.desk_id = desk_two_;
  EXPECT_EQ(CodeOf(Write(outcome)), Number(ErrorCode::kPressTakenOver));
}

TEST_F(TrailStatementsTest, TheHashesOfAsManyResultsAsThereCanBeAreKeptWhole) {
  const CheckIntent intent = Intent();
  ASSERT_EQ(CodeOf(Write(intent)), 0);
  CheckOutcome outcome = OutcomeOf(intent, 1);
  outcome.results = eligibility::kResultsMax;
  outcome.insurance_hash = audit::KeyedHash(Bytes(32, 1)).Of({});
  for (std::size_t i = 1; i < eligibility::kResultsMax; ++i)
    outcome.insurance_hash += ',' + audit::KeyedHash(Bytes(32, 1)).Of({});
  ASSERT_EQ(CodeOf(Write(outcome)), 0);
  EXPECT_EQ(Sql("SELECT insurance_hash FROM audit_event WHERE action = 'check.outcome'"), outcome.insurance_hash);
}

TEST_F(TrailStatementsTest, AnEventIsCutAtACharacterWhenItIsTooLong) {
  std::string detail;
  while (detail.size() < audit::kDetailBytesMax + 3) detail += "窓";
  ASSERT_EQ(CodeOf(Write(audit::Event{audit::action::kDeskPolicyRefusal, desk_one_, crypto::NewUuid(), 1201, detail})),
            0);
  EXPECT_EQ(Sql("SELECT octet_length(detail) FROM audit_event"), std::to_string(audit::kDetailBytesMax / 3 * 3));
  EXPECT_EQ(Sql("SELECT action || '|' || owner || '|' || code FROM audit_event"),
            "desk.policy_refusal|server-one|1201");
}

TEST_F(TrailStatementsTest, AnActIsNotLostForADetailThatIsCutInsideACharacter) {
  std::string detail = "x";
  for (std::size_t i = 0; i < audit::kDetailBytesMax; ++i) detail += "あ";
  const auto written = connection_->Transact([&](pqxx::work& transaction) -> Result<void> {
    WriteEvent(transaction, {audit::action::kAppStarted, {}, {}, 0, detail}, "server-one");
    return {};
  });
  EXPECT_EQ(CodeOf(written), 0);
  EXPECT_EQ(Sql("SELECT length(detail) FROM audit_event"), "683");  // 1 + 682 × 3 bytes of 2,048
}

TEST_F(TrailStatementsTest, RefusedRowsOfABatchLeaveTheOthersAlone) {
  Sql("UPDATE device_account SET state = 'suspended' WHERE account_id = 'W0000002'");
  const CheckIntent open = Intent();
  ASSERT_EQ(CodeOf(Write(open)), 0);
  const CheckIntent good = Intent(), bad = IntentOf(desk_two_, "W0000002");
  const auto answers = Write({{UuidText(crypto::NewUuid()), bad},
                              {UuidText(crypto::NewUuid()), audit::Event{audit::action::kAppStarted, {}, {}, 0, {}}},
                              {UuidText(crypto::NewUuid()), OutcomeOf(open, 7)},
                              {UuidText(crypto::NewUuid()), good}});
  ASSERT_EQ(answers.size(), 4u);
  EXPECT_EQ(CodeOf(answers[0]), Number(ErrorCode::kAccountNotUsable));
  EXPECT_EQ(CodeOf(answers[1]), 0);
  EXPECT_EQ(CodeOf(answers[2]), Number(ErrorCode::kPressTakenOver));
  ASSERT_EQ(CodeOf(answers[3]), 0);
  EXPECT_EQ(answers[3]->challenge, good.challenge);
  EXPECT_EQ(Count("audit_event"), 3);
}

TEST_F(TrailStatementsTest, FindRowsTellsWhatIsThereFromWhatIsNot) {
  const TrailRow there{UuidText(crypto::NewUuid()), Intent()}, missing{UuidText(crypto::NewUuid()), Intent()};
  ASSERT_EQ(CodeOf(Write(std::vector<TrailRow>{there})[0]), 0);
  const auto found = connection_->Transact([&](pqxx::work& transaction) -> Result<std::vector<RowAnswer>> {
    return FindRows(transaction, {&missing, &there});
  });
  ASSERT_EQ(CodeOf(found), 0);
  EXPECT_EQ(CodeOf((*found)[0]), Number(ErrorCode::kDatabaseOutcomeInDoubt));
  ASSERT_EQ(CodeOf((*found)[1]), 0);
  EXPECT_EQ((*found)[1]->challenge, std::get<CheckIntent>(there.what).challenge);
}

}  // namespace
}  // namespace madoguchi::store
