// SPDX-License-Identifier: Apache-2.0
#include "server/check/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "tests/proto/contract/test_folder.h"
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
    return answer;
  }

  Result<eligibility::SightPermit> PermitSight(const eligibility::Caller&, ByteView, ByteView card_challenge,
                                               Deadline) override {
    diary_.push_back("permit");
    if (challenge_error) return *challenge_error;
    card_challenges.emplace_back(card_challenge.begin(), card_challenge.end());
    return eligibility::SightPermit{{"challenge-1", Bytes(32, 0xC7)}, Bytes(70, 0x51)};
  }
  Result<eligibility::Answer> Inquire(const eligibility::Inquiry& inquiry, Deadline) override {
    diary_.push_back("inquire");
    inquiries.push_back(inquiry);
    if (ask_error) return *ask_error;
    return answer;
  }

  std::vector<eligibility::Question> questions;
  std::vector<eligibility::Inquiry> inquiries;
  std::vector<Bytes> card_challenges;
  eligibility::Answer answer;
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
  bool gone() const override { return lost; }
  bool lost = false;

 private:
  Diary& diary_;
  std::function<Result<ScriptAnswers>(const CardScript&)> play_;
};

// A facility that knows nothing of anybody's name.
class EmptyNameBook : public handoff::NameBook {
 public:
  Result<std::vector<handoff::SealedName>> Find(const std::vector<std::string>&, Deadline) override {
    for (const Stopwatch watch; watch.elapsed() < takes;) {
    }
    return std::vector<handoff::SealedName>{};
  }
  std::chrono::microseconds takes{0};
  Result<handoff::SealedName> Subject(const handoff::NameSubject&, Deadline) override { return Gone(); }
  Result<void> Propose(const handoff::NameSubject&, const std::string&, ByteView, Deadline) override { return Gone(); }
  Result<void> Confirm(const handoff::NameSubject&, const std::string&, ByteView, Deadline) override { return Gone(); }
  Result<void> Remove(const handoff::NameSubject&, const std::string&, Deadline) override { return Gone(); }

 private:
  static Error Gone() { return {ErrorCode::kResultGone, "", {}}; }
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
    const handoff::RowKeys keys(keys_directory);
    const handoff::Outbox outbox(channels, keys);
    return RunCheck(press, channel, {trail, keyed_hash, national, *sight, outbox, names, policy, "server-1"},
                    Deadline::In(std::chrono::seconds(10)));
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
  std::unique_ptr<card::SightProof> sight = std::make_unique<card::NoSight>();
  Policy policy;
  handoff::Channels channels;
  EmptyNameBook name_book;
  Result<crypto::Seal> seal = crypto::Seal::FromKey(Bytes(crypto::kSealKeyBytes, 9));
  handoff::Names names{name_book, *seal, keyed_hash};
  std::string keys_directory;
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

TEST_F(RunCheckTest, CountsTheLookForANameAsTimeOfTheDatabase) {
  eligibility::QualificationResult result;
  result.name = "見本　●子";
  national.answer.results.push_back(result);
  name_book.takes = std::chrono::milliseconds(20);
  EXPECT_GE(Run(GoodPress()).facts.database, std::chrono::milliseconds(20));
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

TEST_F(RunCheckTest, OfADeskThatWasLostMeanwhileTakesThePressFromNobody) {
  ScriptedChannel channel(diary, nullptr);
  channel.lost = true;
  const handoff::RowKeys keys(keys_directory);
  const handoff::Outbox outbox(channels, keys);
  const Outcome outcome =
      RunCheck(GoodPress(), channel, {trail, keyed_hash, national, *sight, outbox, names, policy, "server-1"},
               Deadline::In(std::chrono::seconds(10)));
  EXPECT_EQ(CodeOf(outcome), ErrorCode::kDeskGone);
  EXPECT_THAT(diary, ElementsAre("challenge", "check.refused 1109"));
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

class SightCheckTest : public RunCheckTest {
 protected:
  SightCheckTest() { sight = std::make_unique<card::ReferenceSight>(); }
  Press SightPress(std::string photo = "compared", std::string presenter = "holder") const {
    Press press = GoodPress();
    press.method = Method::kSight;
    press.attestation = {std::move(presenter), std::move(photo)};
    press.opening.steps.push_back({0x9000, Bytes(16, 0xCC), 300, 1});
    return press;
  }
  Outcome RunSight(const Press& press) {
    return Run(press, [this](const CardScript& script) {
      const auto& step = std::get<TransmitStep>(script.steps.front().action);
      EXPECT_EQ(step.ins, 0x82);
      EXPECT_EQ(std::get<Bytes>(step.data), Bytes(70, 0x51));
      ScriptAnswers answers = SignWith(card, script);
      answers.steps.erase(answers.steps.begin());  // a press by sight looks at no PIN
      return answers;
    });
  }
};

TEST_F(SightCheckTest, AsksForThePermitWithTheCardsChallengeAndNeedsOneTripWithoutVerify) {
  const Outcome outcome = RunSight(SightPress());
  ASSERT_TRUE(outcome.result.ok()) << outcome.result.error().detail;
  EXPECT_THAT(diary, ElementsAre("permit", "intent", "card", "ask", "outcome"));
  EXPECT_EQ(national.card_challenges.at(0), Bytes(16, 0xCC));
  EXPECT_EQ(national.questions.at(0).method, "sight");
  EXPECT_EQ(outcome.facts.card_trips, 1u);
  EXPECT_EQ(trail.intents.at(0).presenter, "holder");
  EXPECT_EQ(trail.intents.at(0).photo_check, "compared");
}

TEST_F(SightCheckTest, NeedsNoUsablePin) {
  for (const std::uint16_t tries : std::initializer_list<std::uint16_t>{0x63C0, 0x6984, 0x6A88}) {
    Press press = SightPress();
    press.opening.steps.at(4).status_word = tries;
    EXPECT_TRUE(RunSight(press).result.ok()) << std::hex << tries;
  }
}

TEST_F(SightCheckTest, RefusesWithoutTheStatementOfTheDeskBeforeTheCardIsAsked) {
  EXPECT_EQ(CodeOf(RunSight(SightPress(""))), ErrorCode::kAttestationMissing);
  EXPECT_EQ(CodeOf(RunSight(SightPress("compared", ""))), ErrorCode::kAttestationMissing);
  EXPECT_EQ(CodeOf(RunSight(SightPress("none"))), ErrorCode::kCardWithoutPhoto);
  EXPECT_EQ(CodeOf(RunSight(SightPress("another"))), ErrorCode::kPhotoDiffers);
  EXPECT_THAT(diary, Not(testing::Contains("card")));
  EXPECT_THAT(diary, Not(testing::Contains("permit")));
  EXPECT_EQ(trail.outcomes.size(), 4u);
}

TEST_F(SightCheckTest, StopsWhenTheCardOrTheNationalSideRefusesTheProof) {
  const auto refuses = [](const CardScript&) -> Result<ScriptAnswers> {
    return ScriptAnswers{.steps = {{0x6300, {}, 1, 1}}, .stopped = ErrorCode::kCardStatusUnexpected, .tries_left = {}};
  };
  EXPECT_EQ(CodeOf(Run(SightPress(), refuses)), ErrorCode::kSightRefusedByCard);
  national.challenge_error = Error{ErrorCode::kNationalRefusedSight, "", {}};
  diary.clear();
  EXPECT_EQ(CodeOf(RunSight(SightPress())), ErrorCode::kNationalRefusedSight);
  EXPECT_THAT(diary, ElementsAre("permit", "intent", "outcome"));
}

TEST_F(SightCheckTest, OfACardThatGivesNoChallengeOffersThePin) {
  Press press = SightPress();
  press.opening.steps.back() = {0x6D00, {}, 300, 1};
  EXPECT_EQ(CodeOf(RunSight(press)), ErrorCode::kSightRefusedByCard);
  EXPECT_THAT(diary, ElementsAre("intent", "outcome"));
  press.method = Method::kPin;
  EXPECT_TRUE(Run(press).result.ok());
}

TEST_F(SightCheckTest, IsRefusedWithoutASchemeWithThePinWayOffered) {
  sight = std::make_unique<card::NoSight>();
  Press press = SightPress();
  press.opening = card.Opening();
  EXPECT_EQ(CodeOf(Run(press)), ErrorCode::kMethodNotAllowed);
  EXPECT_THAT(diary, ElementsAre("intent", "outcome"));
  press.attestation.photo_check = "another";
  EXPECT_EQ(CodeOf(Run(press)), ErrorCode::kPhotoDiffers) << "whose card it is not needs no PIN either";
}

TEST_F(RunCheckTest, StopsAPressByPinWhenTheDeskSaysThatThePhotoIsSomebodyElse) {
  Press press = GoodPress();
  press.attestation = {"guardian", "another"};
  EXPECT_EQ(CodeOf(Run(press)), ErrorCode::kPhotoDiffers);
}

class NumberCheckTest : public RunCheckTest {
 protected:
  NumberCheckTest() { policy.number_inquiry = true; }
  Press NumberPress() const {
    Press press;
    press.press_id = press_id;
    press.method = Method::kNumber;
    press.caller = {kInstitution, "W0000001", "desk-1"};
    press.inquiry = NumberInquiry{"06132013", "１２", "345678", "01", "19900101", false, "card_not_brought"};
    return press;
  }
};

TEST_F(NumberCheckTest, AsksOnceWithoutCardOrChallengeUnderThePressAsItsKey) {
  const Outcome outcome = Run(NumberPress());
  ASSERT_TRUE(outcome.result.ok()) << outcome.result.error().detail;
  EXPECT_THAT(diary, ElementsAre("intent", "inquire", "outcome"));
  EXPECT_EQ(national.inquiries.at(0).press_id, press_id);
  EXPECT_FALSE(outcome.result->certificate_days_left.has_value());
  EXPECT_EQ(trail.intents.at(0).method, "number");
  EXPECT_EQ(trail.intents.at(0).inquiry_reason, "card_not_brought");
  EXPECT_EQ(trail.intents.at(0).card_hash, "");
}

TEST_F(NumberCheckTest, IsRefusedWhileItIsOff) {
  policy.number_inquiry = false;
  EXPECT_EQ(CodeOf(Run(NumberPress())), ErrorCode::kNumberInquiryOff);
  EXPECT_THAT(diary, ElementsAre("intent", "outcome"));
}

TEST_F(NumberCheckTest, NobodyIsAskedToMendNumbersThatMayNotBeAskedFor) {
  Press press = NumberPress();
  press.inquiry->number = "";
  EXPECT_EQ(CodeOf(Run(press)), ErrorCode::kInquiryFieldInvalid);
  policy.number_inquiry = false;
  EXPECT_EQ(CodeOf(Run(press)), ErrorCode::kNumberInquiryOff);
}

class KeptResultTest : public RunCheckTest {
 protected:
  KeptResultTest() {
    keys_directory = folder_.File("");
    channels = {.oqs_folder = true, .show_again = std::chrono::seconds(60)};
    eligibility::QualificationResult result;
    result.birthdate_raw = "19900101";
    national.answer.results.push_back(result);
  }
  TestFolder folder_;
  std::size_t Keys() const { return handoff::RowKeys(keys_directory).All().size(); }
};

TEST_F(KeptResultTest, GoesSealedIntoTheOutcomesOwnRow) {
  const Outcome outcome = Run(GoodPress());
  ASSERT_TRUE(outcome.result.ok());
  EXPECT_THAT(outcome.result->handoff, ElementsAre("oqs_folder"));
  const std::vector<audit::KeptRow>& kept = trail.outcomes.at(0).kept;
  ASSERT_EQ(kept.size(), 2u);
  EXPECT_EQ(Keys(), 2u);
  EXPECT_EQ(std::string(AsText(kept[0].sealed)).find("19900101"), std::string::npos);
}

TEST_F(KeptResultTest, IsForgottenWhenItsOutcomeIsNotRecorded) {
  trail.outcome_error = Error{ErrorCode::kOutcomeNotRecorded, "", {}};
  EXPECT_FALSE(Run(GoodPress()).result.ok());
  EXPECT_EQ(Keys(), 0u);
}

TEST_F(KeptResultTest, WaitsForTheDeskWhenTheBirthDateIsNotTheExpectedOne) {
  Press press = GoodPress();
  press.expected_birthdate = "19850505";
  const Outcome outcome = Run(press);
  ASSERT_TRUE(outcome.result.ok());
  EXPECT_TRUE(outcome.result->birthdate_differs);
  EXPECT_TRUE(trail.outcomes.at(0).kept.at(0).held);
  EXPECT_FALSE(trail.outcomes.at(0).kept.at(1).held) << "shown again at the same desk only";
}

TEST_F(KeptResultTest, IsShownAlsoWhenNothingCanBeKept) {
  std::filesystem::remove_all(keys_directory);
  const Outcome outcome = Run(GoodPress());
  ASSERT_TRUE(outcome.result.ok());
  EXPECT_TRUE(outcome.result->handoff_not_kept);
  EXPECT_TRUE(trail.outcomes.at(0).kept.empty());
}

TEST_F(RunCheckTest, HashesThePatientNumberForTheTrail) {
  Press press = GoodPress();
  press.patient_number = "0012345";
  ASSERT_TRUE(Run(press).result.ok());
  EXPECT_THAT(trail.intents.at(0).patient_hash, HasSubstr(":"));
  EXPECT_THAT(trail.intents.at(0).patient_hash, Not(HasSubstr("0012345")));
}

}  // namespace
}  // namespace madoguchi::check
