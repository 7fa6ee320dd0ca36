// SPDX-License-Identifier: Apache-2.0
// Names that two people stand for: handoff/names.h over the real database, sealed with a real key.
#include "server/store/pg_names.h"

#include <gmock/gmock.h>

#include <functional>

#include "contract/crypto/seal.h"
#include "server/handoff/names.h"
#include "server/store/pg_trail.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

using handoff::NameSubject;

constexpr char kReceived[] = "見本　●子";
constexpr char kOnCard[] = "見本　鷺子";
constexpr char kAnother[] = "見本　桜子";

class PgNamesTest : public StoreTest {
 protected:
  PgNamesTest() {
    Sql("INSERT INTO staff (staff_code, name, pin_hash, pin_must_change) VALUES ('A1', 'a', '$argon2id$', false), "
        "('B2', 'b', "
        "'$argon2id$', false)");
  }
  void SignIn(const std::string& staff_code, const std::string& desk_id) const {
    Sql("INSERT INTO operator_sign_in (desk_id, staff_code, idle_seconds) VALUES ('" + desk_id + "', '" + staff_code +
        "', 300) ON CONFLICT (desk_id) DO UPDATE SET staff_code = excluded.staff_code, last_used_at = "
        "clock_timestamp()");
  }
  void SignIn(const std::string& staff_code) const { SignIn(staff_code, desk_one_); }
  static eligibility::Answer AnswerOf(const std::string& name) {
    eligibility::Answer answer;
    answer.results.emplace_back();
    answer.results.back().insurer_number = "01234567";
    answer.results.back().number = "12";
    answer.results.back().name = name;
    return answer;
  }
  // A check of this person at this desk, through the real trail. meanwhile: while it is under way.
  NameSubject Check(
      const std::string& name, const std::string& desk_id, const std::function<void()>& meanwhile = [] {}) {
    audit::CheckIntent intent = IntentOf(desk_id, desk_id == desk_one_ ? "W0000001" : "W0000002");
    const auto receipt = trail_.RecordIntent(intent, Soon());
    EXPECT_EQ(CodeOf(receipt), 0);
    meanwhile();
    audit::CheckOutcome outcome = OutcomeOf(intent, receipt->epoch);
    outcome.person_hashes = handoff::PersonHashes(AnswerOf(name), keyed_hash_);
    EXPECT_EQ(CodeOf(trail_.RecordOutcome(outcome, Soon())), 0);
    return {desk_id, intent.press_id, 0};
  }
  NameSubject Check() { return Check(kReceived, desk_one_); }
  eligibility::KnownName Known(const std::string& name = kReceived) { return names_.Of(AnswerOf(name), Soon()).at(0); }
  int Propose(const NameSubject& subject, const std::string& name = kOnCard) {
    return CodeOf(names_.Propose(subject, name, Soon()));
  }
  int Confirm(const NameSubject& subject, const std::string& name = {}) {
    return CodeOf(names_.Confirm(subject, name, Soon()));
  }
  int Events(const std::string& action) const { return Count("audit_event WHERE action = '" + action + "'"); }

  AnswerLimit limit_;
  PgPool pool_{server_url(), 2, limit_};
  PgTrail trail_{server_url(), "server-one", limit_};
  PgNames book_{pool_, "server-one"};
  const audit::KeyedHash keyed_hash_{Bytes(32, 0x42)};
  const crypto::Seal seal_ = crypto::Seal::FromKey(Bytes(32, 0x17)).value();
  handoff::Names names_{book_, seal_, keyed_hash_};
};

TEST_F(PgNamesTest, AProposalWaitsAndCountsOnceAnotherOperatorConfirmedIt) {
  SignIn("A1");
  ASSERT_EQ(Propose(Check()), 0);
  EXPECT_EQ(Known().proposed, kOnCard);
  EXPECT_EQ(Known().confirmed, std::nullopt);
  SignIn("B2");
  ASSERT_EQ(Confirm(Check()), 0);
  EXPECT_EQ(Known().confirmed, kOnCard);
  EXPECT_EQ(Known().proposed, std::nullopt);
  EXPECT_EQ(Sql("SELECT string_agg(concat(action, ' ', actor, ' ', detail), '; ' ORDER BY recorded_at) FROM "
                "audit_event WHERE action "
                "LIKE 'handoff.name%'"),
            "handoff.name_proposed staff:A1 result=0; handoff.name_confirmed staff:B2 result=0 proposed_by=staff:A1");
}

TEST_F(PgNamesTest, NobodyConfirmsTheirOwnProposalAndThatItWasTriedIsKept) {
  SignIn("A1");
  ASSERT_EQ(Propose(Check()), 0);
  EXPECT_EQ(Confirm(Check()), Number(ErrorCode::kNameMappingRefused));
  SignIn("A1", desk_two_);  // at another desk it is the same person
  EXPECT_EQ(Confirm(Check(kReceived, desk_two_)), Number(ErrorCode::kNameMappingRefused));
  EXPECT_EQ(Known().confirmed, std::nullopt);
  EXPECT_EQ(Events("handoff.name_refused"), 2);
}

TEST_F(PgNamesTest, NothingIsConfirmedThatNobodyProposed) {
  SignIn("B2");
  EXPECT_EQ(Confirm(Check()), Number(ErrorCode::kNameMappingRefused));
  EXPECT_EQ(Confirm(Check(), kOnCard), Number(ErrorCode::kNameMappingRefused));
  EXPECT_EQ(Count("name_mapping"), 0);
}

TEST_F(PgNamesTest, ANameIsConfirmedAsItWasReadNeverAsItWasChangedMeanwhile) {
  SignIn("A1");
  const NameSubject press = Check();
  ASSERT_EQ(Propose(press), 0);
  SignIn("B2");
  EXPECT_EQ(Confirm(press), Number(ErrorCode::kResultGone));  // this result showed no proposal yet
  EXPECT_EQ(Confirm(press, kAnother), Number(ErrorCode::kChangedMeanwhile));
  const NameSubject later = Check();
  SignIn("A1");
  ASSERT_EQ(Propose(press, kAnother), 0);
  SignIn("B2");
  EXPECT_EQ(Confirm(later), Number(ErrorCode::kResultGone));
  EXPECT_EQ(Known().confirmed, std::nullopt);
  EXPECT_EQ(Confirm(press, kAnother), 0);
  EXPECT_EQ(Known().confirmed, kAnother);
}

TEST_F(PgNamesTest, AProposalThatIsMadeWhileACheckIsUnderWayWasNotShownWithItsResult) {
  SignIn("A1");
  const NameSubject earlier = Check();
  const NameSubject press = Check(kReceived, desk_one_, [&] { ASSERT_EQ(Propose(earlier), 0); });
  SignIn("B2");
  EXPECT_EQ(Confirm(press), Number(ErrorCode::kResultGone));
  EXPECT_EQ(Known().confirmed, std::nullopt);
  EXPECT_EQ(Confirm(press, kOnCard), 0);
}

TEST_F(PgNamesTest, AConfirmedNameStaysUntilTheNextOneIsConfirmed) {
  SignIn("A1");
  ASSERT_EQ(Propose(Check()), 0);
  SignIn("B2");
  ASSERT_EQ(Confirm(Check()), 0);
  ASSERT_EQ(Propose(Check(), kAnother), 0);
  EXPECT_EQ(Known().confirmed, kOnCard);
  EXPECT_EQ(Known().proposed, kAnother);
  SignIn("A1");
  ASSERT_EQ(Confirm(Check()), 0);
  EXPECT_EQ(Known().confirmed, kAnother);
}

TEST_F(PgNamesTest, ANameIsForgottenTogetherWithItsProposal) {
  SignIn("A1");
  const NameSubject press = Check();
  EXPECT_EQ(CodeOf(names_.Remove(press, Soon())), Number(ErrorCode::kNameMappingRefused));
  ASSERT_EQ(Propose(press), 0);
  ASSERT_EQ(CodeOf(names_.Remove(press, Soon())), 0);
  EXPECT_EQ(Known().proposed, std::nullopt);
  EXPECT_EQ(Count("name_mapping"), 0);
  EXPECT_EQ(Events("handoff.name_removed"), 1);
}

TEST_F(PgNamesTest, WithoutAnOperatorNothingIsDone) {
  const NameSubject press = Check();
  EXPECT_EQ(Propose(press), Number(ErrorCode::kOperatorNeeded));
  SignIn("A1");
  Sql("UPDATE operator_sign_in SET last_used_at = now() - interval '301 seconds'");
  EXPECT_EQ(Propose(press), Number(ErrorCode::kOperatorNeeded));
  EXPECT_EQ(Confirm(press), Number(ErrorCode::kOperatorNeeded));
  EXPECT_EQ(CodeOf(names_.Remove(press, Soon())), Number(ErrorCode::kOperatorNeeded));
}

TEST_F(PgNamesTest, ADeskSpeaksOnlyOfItsOwnResultsOfTheLastHour) {
  SignIn("A1");
  SignIn("B2", desk_two_);
  NameSubject press = Check();
  press.result = 1;
  EXPECT_EQ(Propose(press), Number(ErrorCode::kResultGone));
  press.result = 0;
  press.desk_id = desk_two_;
  EXPECT_EQ(Propose(press), Number(ErrorCode::kResultGone));
  press.desk_id = desk_one_;
  Sql("UPDATE name_subject SET at = at - interval '61 minutes'");
  EXPECT_EQ(Propose(press), Number(ErrorCode::kResultGone));
  Check();  // what is older than an hour goes as new results come
  EXPECT_EQ(Count("name_subject"), 1);
}

TEST_F(PgNamesTest, ANameThatCanBeUsedAsItCameIsNobodysSubject) {
  SignIn("A1");
  EXPECT_EQ(Propose(Check("見本　花子", desk_one_)), Number(ErrorCode::kResultGone));
  EXPECT_EQ(Count("name_subject"), 0);
}

TEST_F(PgNamesTest, AMappingIsOfOnePersonAndOneReceivedNameOnly) {
  SignIn("A1");
  ASSERT_EQ(Propose(Check()), 0);
  EXPECT_EQ(Known("見本　●美").proposed, std::nullopt);
  eligibility::Answer other = AnswerOf(kReceived);
  other.results[0].birthdate_raw = "20010203";
  EXPECT_EQ(names_.Of(other, Soon()).at(0).proposed, std::nullopt);
}

TEST_F(PgNamesTest, TheDatabaseHoldsNoNameAndASealedOneCannotBeMoved) {
  SignIn("A1");
  ASSERT_EQ(Propose(Check()), 0);
  EXPECT_EQ(
      Count("name_mapping WHERE position('" + ToHex(AsBytes(kOnCard)) + "' in encode(sealed_proposal, 'hex')) > 0"), 0);
  EXPECT_EQ(Count("audit_event WHERE detail LIKE '%見本%'"), 0);
  const std::string elsewhere = handoff::PersonHashes(AnswerOf("見本　●美"), keyed_hash_).at(0);
  Sql("UPDATE name_mapping SET person_hash = '" + elsewhere + "'");
  EXPECT_EQ(Known("見本　●美").proposed, std::nullopt);
}

TEST_F(PgNamesTest, ABookThatCannotBeAskedHoldsNoAnswerUp) {
  Sql("DROP TABLE name_mapping");
  EXPECT_EQ(Known().confirmed, std::nullopt);
}

}  // namespace
}  // namespace madoguchi::store
