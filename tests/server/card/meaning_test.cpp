// SPDX-License-Identifier: Apache-2.0
#include "server/card/meaning.h"

#include <gtest/gtest.h>

#include "server/card/scripts.h"

namespace madoguchi::card {
namespace {

Bytes Label(std::string_view name) {
  Bytes token(160, ' ');
  std::copy(name.begin(), name.end(), token.begin());
  return token;
}

// A conversation with a good card, as data: change one word and one sentence below fails.
ScriptAnswers GoodOpening() {
  return {.steps = {{0x9000, {}, 900, 1},                              // SELECT the JPKI application
                    {0x9000, Label("JPKIAPICCTOKEN2"), 2000, 2},       // token label of a My Number card
                    {0x9000, Bytes{0x30, 0x82, 0x00, 0x00}, 9000, 2},  // certificate
                    {0x9000, {}, 500, 1},                              // SELECT the PIN
                    {0x63C3, {}, 500, 1}},                             // three tries left
          .stopped = {},
          .tries_left = {}};
}

ScriptAnswers GoodProof() {
  return {
      .steps = {{0x9000, {}, 500, 1}, {0x9000, {}, 800, 2}, {0x9000, {}, 500, 1}, {0x9000, Bytes(256, 0x5A), 900, 1}},
      .stopped = {},
      .tries_left = 3};
}

ErrorCode CodeOf(const ScriptAnswers& opening) {
  const Result<Holder> holder = ReadOpening(opening, NoSight());
  return holder.ok() ? ErrorCode::kInternalError : holder.error().code;
}

ErrorCode CodeOfProof(const ScriptAnswers& proof) {
  const Result<Bytes> signature = ReadPinProof(proof);
  return signature.ok() ? ErrorCode::kInternalError : signature.error().code;
}

TEST(ReadOpening, TakesTheCertificateOfAGoodCard) {
  const Result<Holder> holder = ReadOpening(GoodOpening(), NoSight());
  ASSERT_TRUE(holder.ok());
  EXPECT_EQ(holder->certificate.size(), 4u);
  EXPECT_EQ(holder->pin_state, PinState::kUsable);
}

TEST(ReadOpening, CallsACardWithoutTheJpkiApplicationNotAMyNumberCard) {
  ScriptAnswers answers = GoodOpening();
  answers.steps = {{0x6A82, {}, 900, 1}};
  answers.stopped = ErrorCode::kCardStatusUnexpected;
  EXPECT_EQ(CodeOf(answers), ErrorCode::kNotAMyNumberCard);
}

TEST(ReadOpening, TellsPhonesAndResidentRegisterCardsApartByTheTokenLabel) {
  ScriptAnswers answers = GoodOpening();
  answers.steps[kReadToken].data = Label("JPKIAPGPSETOKEN");
  EXPECT_EQ(CodeOf(answers), ErrorCode::kPhoneNotSupported);
  answers.steps[kReadToken].data = Label("JPKIAPIOSTOKEN");
  EXPECT_EQ(CodeOf(answers), ErrorCode::kPhoneNotSupported);
  answers.steps[kReadToken].data = Label("JPKIAPICCTOKEN");
  EXPECT_EQ(CodeOf(answers), ErrorCode::kResidentRegisterCard);
  answers.steps[kReadToken].data = Label("SOMETHINGELSE");
  EXPECT_EQ(CodeOf(answers), ErrorCode::kNotAMyNumberCard);
  answers.steps[kReadToken].data = Bytes(31, ' ');
  EXPECT_EQ(CodeOf(answers), ErrorCode::kCardAnswerInvalid);
}

TEST(ReadOpening, CallsThePinBlockedAt63C0And6984And6983) {
  for (const std::uint16_t blocked : std::initializer_list<std::uint16_t>{0x63C0, 0x6984, 0x6983}) {
    ScriptAnswers answers = GoodOpening();
    answers.steps[kLookAtTries].status_word = blocked;
    const Result<Holder> holder = ReadOpening(answers, NoSight());
    ASSERT_TRUE(holder.ok());
    EXPECT_EQ(holder->pin_state, PinState::kBlocked);
  }
}

TEST(ReadOpening, NeverCallsADisabledPinBlocked) {
  ScriptAnswers answers = GoodOpening();
  answers.steps[kLookAtTries].status_word = 0x6A88;
  const Result<Holder> holder = ReadOpening(answers, NoSight());
  ASSERT_TRUE(holder.ok());
  EXPECT_EQ(holder->pin_state, PinState::kDisabled);
}

TEST(ReadOpening, DoesNotTrustADeskThatCallsAnUnacceptedStatusWordFine) {
  ScriptAnswers answers = GoodOpening();
  answers.steps[kReadCertificate].status_word = 0x6982;
  EXPECT_EQ(CodeOf(answers), ErrorCode::kCardStatusUnexpected);
}

TEST(ReadOpening, RefusesAnswersThatAreMissingOrTooMany) {
  ScriptAnswers answers = GoodOpening();
  answers.steps.pop_back();
  EXPECT_EQ(CodeOf(answers), ErrorCode::kScriptAnswersInvalid);
  answers = GoodOpening();
  answers.steps.push_back({0x9000, {}, 1, 1});
  EXPECT_EQ(CodeOf(answers), ErrorCode::kScriptAnswersInvalid);
  EXPECT_EQ(CodeOf(ScriptAnswers{}), ErrorCode::kScriptAnswersInvalid);
}

TEST(ReadOpening, WithASightSchemeAlsoTakesACardThatGaveNoChallenge) {
  ScriptAnswers answers = GoodOpening();
  answers.steps.push_back({0x6D00, {}, 0, 1});
  EXPECT_TRUE(ReadOpening(answers, ReferenceSight()).ok());
  EXPECT_EQ(ReferenceSight().CardChallenge(answers).error().code, ErrorCode::kSightRefusedByCard);
  answers.steps.back() = {0x9000, Bytes(8, 0x5A), 0, 1};
  EXPECT_EQ(ReferenceSight().CardChallenge(answers).error().code, ErrorCode::kCardAnswerInvalid);
  answers.steps.back() = {0x9000, Bytes(16, 0x5A), 0, 1};
  EXPECT_TRUE(ReadOpening(answers, ReferenceSight()).ok());
  EXPECT_EQ(*ReferenceSight().CardChallenge(answers), Bytes(16, 0x5A));
  EXPECT_FALSE(ReadOpening(answers, NoSight()).ok()) << "one answer more than the script has";
}

TEST(ReadSightProof, TakesTheSignatureAndTellsACardThatRefusedTheProof) {
  const StepAnswer signature{0x9000, Bytes(256, 1), 0, 1};
  EXPECT_EQ(
      *ReadSightProof({.steps = {{0x9000, {}, 0, 1}, {0x9000, {}, 0, 1}, signature}, .stopped = {}, .tries_left = {}}),
      Bytes(256, 1));
  const ScriptAnswers refused{
      .steps = {{0x6300, {}, 0, 1}}, .stopped = ErrorCode::kCardStatusUnexpected, .tries_left = {}};
  EXPECT_EQ(ReadSightProof(refused).error().code, ErrorCode::kSightRefusedByCard);
  const ScriptAnswers short_one{.steps = {{0x9000, {}, 0, 1}}, .stopped = {}, .tries_left = {}};
  EXPECT_EQ(ReadSightProof(short_one).error().code, ErrorCode::kScriptAnswersInvalid);
}

TEST(ReadOpening, PassesOnWhyTheDeskStoppedButOnlyReasonsADeskCanHave) {
  ScriptAnswers answers = GoodOpening();
  answers.steps.resize(2);
  answers.stopped = ErrorCode::kCardRemoved;
  EXPECT_EQ(CodeOf(answers), ErrorCode::kCardRemoved);
  answers.stopped = ErrorCode::kNationalOutcomeUnknown;
  EXPECT_EQ(CodeOf(answers), ErrorCode::kScriptAnswersInvalid);
}

TEST(ReadPinProof, GivesTheSignature) {
  const Result<Bytes> signature = ReadPinProof(GoodProof());
  ASSERT_TRUE(signature.ok());
  EXPECT_EQ(signature->size(), 256u);
}

TEST(ReadPinProof, TellsAWrongPinWithTheTriesLeft) {
  ScriptAnswers answers = GoodProof();
  answers.steps.resize(2);
  answers.steps[kVerifyPin].status_word = 0x63C2;
  answers.stopped = ErrorCode::kPinWrong;
  const Result<Bytes> signature = ReadPinProof(answers);
  ASSERT_FALSE(signature.ok());
  EXPECT_EQ(signature.error().code, ErrorCode::kPinWrong);
  EXPECT_EQ(signature.error().tries_left, 2);
}

TEST(ReadPinProof, TellsABlockedPinAt63C0And6984And6983) {
  for (const std::uint16_t blocked : std::initializer_list<std::uint16_t>{0x63C0, 0x6984, 0x6983}) {
    ScriptAnswers answers = GoodProof();
    answers.steps.resize(2);
    answers.steps[kVerifyPin].status_word = blocked;
    EXPECT_EQ(CodeOfProof(answers), ErrorCode::kPinBlocked);
  }
}

TEST(ReadPinProof, KeepsTheTriesTheDeskSawWhenTheLastTryWasNotConfirmed) {
  const Result<Bytes> signature =
      ReadPinProof({.steps = {{0x9000, {}, 500, 1}}, .stopped = ErrorCode::kPinLastTry, .tries_left = 1});
  ASSERT_FALSE(signature.ok());
  EXPECT_EQ(signature.error().code, ErrorCode::kPinLastTry);
  EXPECT_EQ(signature.error().tries_left, 1);
}

TEST(ReadPinProof, RefusesAnEmptySignature) {
  ScriptAnswers answers = GoodProof();
  answers.steps[kSign].data.clear();
  EXPECT_EQ(CodeOfProof(answers), ErrorCode::kCardAnswerInvalid);
}

}  // namespace
}  // namespace madoguchi::card
