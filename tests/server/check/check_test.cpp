// SPDX-License-Identifier: Apache-2.0
#include "server/check/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/server/check/test_card.h"

namespace madoguchi::check {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

const std::string kInstitution = "1311234567";

// Everything that happened, in order, over all seams.
using Diary = std::vector<std::string>;

class MemoryTrail : public audit::Trail {
 public:
  explicit MemoryTrail(Diary& diary) : diary_(diary) {}
  Result<audit::IntentReceipt> RecordIntent(const audit::CheckIntent& intent, Deadline) override {
    diary_.push_back("intent");
    intents.push_back(intent);
    if (intent_error) return *intent_error;
    if (intent.resumes) return audit::IntentReceipt{2, "stored", stored_challenge};
    return audit::IntentReceipt{1, intent.challenge_id, intent.challenge};
  }
  Result<void> RecordOutcome(const audit::CheckOutcome& outcome, Deadline) override {
    diary_.push_back("outcome");
    outcomes.push_back(outcome);
    if (outcome_error) return *outcome_error;
    return {};
  }
  Result<void> RecordEvent(const audit::Event& event, Deadline) override {
    diary_.push_back(event.action + " " + std::to_string(event.code));
    return {};
  }

  std::vector<audit::CheckIntent> intents;
  std::vector<audit::CheckOutcome> outcomes;
  std::optional<Error> intent_error, outcome_error;
  Bytes stored_challenge = Bytes(32, 0x77);

 private:
  Diary& diary_;
};

class MemoryNational : public eligibility::NationalService {
 public:
  explicit MemoryNational(Diary& diary) : diary_(diary) {}
  Result<eligibility::Challenge> IssueChallenge(const eligibility::Caller&, Deadline) override {
    diary_.push_back("challenge");
    if (challenge_error) return *challenge_error;
    return eligibility::Challenge{"challenge-1", Bytes(32, 0xC7)};
  }
  Result<eligibility::Answer> Ask(const eligibility::Question& question, Deadline) override {
    diary_.push_back("ask");
    questions.push_back(question);
    if (ask_error) return *ask_error;
    return eligibility::Answer{};
  }

  std::vector<eligibility::Question> questions;
  std::optional<Error> challenge_error, ask_error;

 private:
  Diary& diary_;
};

class ScriptedChannel : public CardChannel {
 public:
  ScriptedChannel(Diary& diary, std::function<Result<ScriptAnswers>(const CardScript&)> play)
      : diary_(diary), play_(std::move(play)) {}
  Result<ScriptAnswers> Run(const CardScript& script, std::uint32_t, Deadline) override {
    diary_.push_back("card");
    return play_(script);
  }

 private:
  Diary& diary_;
  std::function<Result<ScriptAnswers>(const CardScript&)> play_;
};

class RunCheckTest : public testing::Test {
 protected:
  Press GoodPress() const {
    return {.press_id = press_id,
            .method = Method::kPin,
            .caller = {kInstitution, "W0000001", "desk-1"},
            .opening = card.Opening(),
            .proof = {}};
  }
  ScriptAnswers SignWith(const TestCard& signer, const CardScript& script) const {
    const auto& sign = std::get<TransmitStep>(script.steps.back().action);
    return signer.Proof(SignatureInput(kInstitution, std::get<SignedChallenge>(sign.data).challenge, press_id));
  }
  Outcome Run(const Press& press, std::function<Result<ScriptAnswers>(const CardScript&)> play) {
    ScriptedChannel channel(diary, std::move(play));
    return RunCheck(press, channel, {trail, keyed_hash, national, "server-1"}, Deadline::In(std::chrono::seconds(10)));
  }
  Outcome Run(const Press& press) {
    return Run(press, [this](const CardScript& script) { return SignWith(card, script); });
  }
  static ErrorCode CodeOf(const Outcome& outcome) {
    return outcome.result.ok() ? ErrorCode::kInternalError : outcome.result.error().code;
  }

  Diary diary;
  MemoryTrail trail{diary};
  MemoryNational national{diary};
  audit::KeyedHash keyed_hash{Bytes(32, 0x01)};
  inline static const TestCard card{400};  // one key for all tests: making it is the slow part
  Bytes press_id = Bytes(16, 0xAB);
};

TEST_F(RunCheckTest, RecordsTheIntentBeforeTheCardAndTheOutcomeBeforeTheAnswer) {
  const Outcome outcome = Run(GoodPress());
  ASSERT_TRUE(outcome.result.ok());
  EXPECT_THAT(diary, ElementsAre("challenge", "intent", "card", "ask", "outcome"));
}

TEST_F(RunCheckTest, NeedsOneCardTripAfterThePressAndMeasuresThePhases) {
  const Outcome outcome = Run(GoodPress());
  EXPECT_EQ(outcome.facts.card_trips, 1u);
  EXPECT_EQ(outcome.facts.card.count(), 500 + 800 + 500 + 1200);
  EXPECT_EQ(trail.outcomes.at(0).card_trips, 1u);
}

TEST_F(RunCheckTest, AsksInTheNameOfTheDesksAccountWithTheCertificateThatWasRead) {
  ASSERT_TRUE(Run(GoodPress()).result.ok());
  const eligibility::Question& question = national.questions.at(0);
  EXPECT_EQ(question.caller.account_id, "W0000001");
  EXPECT_EQ(question.certificate, card.certificate());
  EXPECT_EQ(question.challenge_id, "challenge-1");
  EXPECT_EQ(question.method, "pin");
  EXPECT_EQ(question.press_id, press_id);
}

TEST_F(RunCheckTest, DoesNothingWithTheCardOrThePersonWithoutATrail) {
  trail.intent_error = Error{ErrorCode::kTrailUnavailable, "", {}};
  EXPECT_EQ(CodeOf(Run(GoodPress())), ErrorCode::kTrailUnavailable);
  EXPECT_THAT(diary, ElementsAre("challenge", "intent"));
}

TEST_F(RunCheckTest, LeavesARowForAPressThatTheRulesOfTheIntentRefuse) {
  trail.intent_error = Error{ErrorCode::kAccountNotUsable, "", {}};
  EXPECT_EQ(CodeOf(Run(GoodPress())), ErrorCode::kAccountNotUsable);
  EXPECT_THAT(diary, ElementsAre("challenge", "intent", "check.refused 1501"));
}

TEST_F(RunCheckTest, AnswersNothingThatIsNotInTheTrail) {
  trail.outcome_error = Error{ErrorCode::kOutcomeNotRecorded, "", {}};
  EXPECT_EQ(CodeOf(Run(GoodPress())), ErrorCode::kOutcomeNotRecorded);
}

TEST_F(RunCheckTest, RefusesASignatureOfAnotherCardBeforeAsking) {
  const TestCard swapped;
  const Outcome outcome = Run(GoodPress(), [&](const CardScript& script) { return SignWith(swapped, script); });
  EXPECT_EQ(CodeOf(outcome), ErrorCode::kSignatureNotOfThisCard);
  EXPECT_THAT(diary, ElementsAre("challenge", "intent", "card", "outcome"));
}

TEST_F(RunCheckTest, RecordsAWrongPinWithItsTriesAndDoesNotAsk) {
  const Outcome outcome = Run(GoodPress(), [](const CardScript&) {
    return ScriptAnswers{
        .steps = {{0x9000, {}, 1, 1}, {0x63C2, {}, 1, 2}}, .stopped = ErrorCode::kPinWrong, .tries_left = 2};
  });
  ASSERT_EQ(CodeOf(outcome), ErrorCode::kPinWrong);
  EXPECT_EQ(outcome.result.error().tries_left, 2);
  EXPECT_EQ(trail.outcomes.at(0).code, static_cast<int>(ErrorCode::kPinWrong));
  EXPECT_TRUE(national.questions.empty());
}

TEST_F(RunCheckTest, RefusesABlockedOrDisabledPinWithoutTouchingTheCardButRecordsIt) {
  Press press = GoodPress();
  press.opening = card.Opening(0x63C0);
  EXPECT_EQ(CodeOf(Run(press)), ErrorCode::kPinBlocked);
  press.opening = card.Opening(0x6A88);
  EXPECT_EQ(CodeOf(Run(press)), ErrorCode::kPinDisabled);
  EXPECT_THAT(diary, ElementsAre("intent", "outcome", "intent", "outcome"));
}

TEST_F(RunCheckTest, RefusesSightBecauseNoSchemeIsPublic) {
  Press press = GoodPress();
  press.method = Method::kSight;
  EXPECT_EQ(CodeOf(Run(press)), ErrorCode::kMethodNotAllowed);
  EXPECT_THAT(diary, ElementsAre("intent", "outcome"));
}

TEST_F(RunCheckTest, RecordsACardThatIsNoMyNumberCard) {
  Press press = GoodPress();
  press.opening = {.steps = {{0x6A82, {}, 1, 1}}, .stopped = ErrorCode::kCardStatusUnexpected, .tries_left = {}};
  EXPECT_EQ(CodeOf(Run(press)), ErrorCode::kNotAMyNumberCard);
  EXPECT_THAT(diary, ElementsAre("intent", "outcome"));
  EXPECT_EQ(trail.intents.at(0).card_hash, "");
}

TEST_F(RunCheckTest, RecordsThatTheNationalServiceGaveNoChallengeAndLeavesTheCardAlone) {
  national.challenge_error = Error{ErrorCode::kNationalUnreachable, "", {}};
  EXPECT_EQ(CodeOf(Run(GoodPress())), ErrorCode::kNationalUnreachable);
  EXPECT_THAT(diary, ElementsAre("challenge", "intent", "outcome"));
}

TEST_F(RunCheckTest, RecordsAnUnknownOutcomeAsUnknown) {
  national.ask_error = Error{ErrorCode::kNationalOutcomeUnknown, "", {}};
  EXPECT_EQ(CodeOf(Run(GoodPress())), ErrorCode::kNationalOutcomeUnknown);
  EXPECT_EQ(trail.outcomes.at(0).code, static_cast<int>(ErrorCode::kNationalOutcomeUnknown));
}

TEST_F(RunCheckTest, AsksAgainWithTheStoredChallengeWhenTheDeskSendsItsProofAgain) {
  Press press = GoodPress();
  press.proof = card.Proof(SignatureInput(kInstitution, trail.stored_challenge, press_id));
  ASSERT_TRUE(Run(press).result.ok());
  EXPECT_THAT(diary, ElementsAre("intent", "ask", "outcome"));  // no second VERIFY, no new challenge
  EXPECT_EQ(national.questions.at(0).challenge_id, "stored");
  EXPECT_EQ(trail.outcomes.at(0).epoch, 2u);
}

TEST_F(RunCheckTest, KeepsTheCardIdentityOnlyAsAKeyedHash) {
  ASSERT_TRUE(Run(GoodPress()).result.ok());
  EXPECT_THAT(trail.intents.at(0).card_hash, HasSubstr(":"));
  EXPECT_THAT(trail.intents.at(0).card_hash, Not(HasSubstr("1267")));  // 4711 in hex
}

TEST_F(RunCheckTest, CountsTheDaysLeftOfTheCertificate) {
  const TestCard soon(40);
  Press press = GoodPress();
  press.opening = soon.Opening();
  const Outcome outcome = Run(press, [&](const CardScript& script) { return SignWith(soon, script); });
  ASSERT_TRUE(outcome.result.ok());
  EXPECT_EQ(outcome.result->certificate_days_left, 40);
}

}  // namespace
}  // namespace madoguchi::check
