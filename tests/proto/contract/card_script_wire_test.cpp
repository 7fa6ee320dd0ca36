// SPDX-License-Identifier: Apache-2.0
#include "contract/card_script_wire.h"

#include <gtest/gtest.h>

namespace madoguchi::wire {
namespace {

// Every kind of step and of data once.
CardScript EveryKind() {
  return {{{TransmitStep{0x00, 0xA4, 0x04, 0x0C, Bytes{0xD3, 0x92, 0x00, 0xFF}, 0}, {{0x9000}, {0x6A82}}},
           {TransmitStep{0x00, 0x20, 0x00, 0x80, NoData{}, 0}, {{0x63C0, 0xFFF0}}},
           {ReadFileStep{0x000A, 8192, true}, {{0x9000}}},
           {ReadFileStep{0xFFFF, 1, false}, {{0x0000, 0x0000}}},
           {TransmitStep{0x00, 0x20, 0x00, 0x80, PinSlot{}, 0}, {{0x9000}}},
           {TransmitStep{0x80, 0x2A, 0x00, 0x80, SignedChallenge{Bytes(32, 0xC7)}, 256}, {{0x9000}}}},
          true};
}

// One good step, to be made wrong.
v1::CardScript OneTransmit() {
  return ToMessage(CardScript{{{TransmitStep{0x00, 0xA4, 0x04, 0x0C, Bytes{1}, 0}, {{0x9000}}}}, false});
}
v1::CardScript OneReadFile() {
  return ToMessage(CardScript{{{ReadFileStep{0x000A, 100, true}, {{0x9000}}}}, false});
}
v1::TransmitStep& TransmitOf(v1::CardScript& script) {
  return *script.mutable_steps(0)->mutable_transmit();
}

void ExpectRefused(const v1::CardScript& script) {
  const Result<CardScript> refused = FromMessage(script);
  ASSERT_FALSE(refused.ok()) << script.ShortDebugString();
  EXPECT_EQ(refused.error().code, ErrorCode::kScriptInvalid);
  EXPECT_FALSE(refused.error().detail.empty());
}

void ExpectRefused(const v1::ScriptAnswers& answers) {
  const Result<ScriptAnswers> refused = FromMessage(answers);
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kScriptAnswersInvalid);
  EXPECT_FALSE(refused.error().detail.empty());
}

v1::ScriptAnswers OneAnswer() {
  return ToMessage(ScriptAnswers{{{0x9000, Bytes{1}, 10, 1}}, std::nullopt, std::nullopt});
}

TEST(ScriptMessage, GoesThereAndBack) {
  const Result<CardScript> back = FromMessage(ToMessage(EveryKind()));
  ASSERT_TRUE(back.ok()) << back.error().detail;
  EXPECT_EQ(*back, EveryKind());
}

TEST(ScriptMessage, SurvivesItsBytes) {
  v1::CardScript parsed;
  ASSERT_TRUE(parsed.ParseFromString(ToMessage(EveryKind()).SerializeAsString()));
  EXPECT_EQ(*FromMessage(parsed), EveryKind());
}

TEST(ScriptMessage, HasAPinSlotWithoutContent) {
  v1::CardScript script = OneTransmit();
  TransmitOf(script).mutable_pin_slot();
  const Result<CardScript> back = FromMessage(script);
  ASSERT_TRUE(back.ok());
  EXPECT_TRUE(std::holds_alternative<PinSlot>(std::get<TransmitStep>(back->steps[0].action).data));
  EXPECT_EQ(TransmitOf(script).pin_slot().ByteSizeLong(), 0U);
}

TEST(ScriptMessage, IsRefusedWithoutStepsOrWithTooMany) {
  ExpectRefused(v1::CardScript{});
  v1::CardScript script = OneReadFile();
  const v1::ScriptStep step = script.steps(0);
  while (script.steps_size() < 32) *script.add_steps() = step;
  EXPECT_TRUE(FromMessage(script).ok());
  *script.add_steps() = step;
  ExpectRefused(script);
}

TEST(ScriptMessage, IsRefusedWithAStepOfNoKnownKind) {
  v1::CardScript script = OneReadFile();
  script.mutable_steps(0)->clear_action();
  ExpectRefused(script);
}

TEST(ScriptMessage, IsRefusedWithAHeaderThatIsNotFourBytes) {
  for (const std::size_t size : {0U, 3U, 5U}) {
    v1::CardScript script = OneTransmit();
    TransmitOf(script).set_header(std::string(size, '\0'));
    ExpectRefused(script);
  }
}

TEST(ScriptMessage, IsRefusedWithNumbersThatDoNotFit) {
  v1::CardScript expected = OneTransmit();
  TransmitOf(expected).set_expected_bytes(257);
  ExpectRefused(expected);
  TransmitOf(expected).set_expected_bytes(0x10000);  // would be 0 in 16 bits
  ExpectRefused(expected);
  v1::CardScript file = OneReadFile();
  file.mutable_steps(0)->mutable_read_file()->set_file_id(0x1000A);  // would be 000A in 16 bits
  ExpectRefused(file);
  v1::CardScript bytes = OneReadFile();
  bytes.mutable_steps(0)->mutable_read_file()->set_bytes_max(0x10001);  // would be 1 in 16 bits
  ExpectRefused(bytes);
  v1::CardScript none = OneReadFile();
  none.mutable_steps(0)->mutable_read_file()->set_bytes_max(0);
  ExpectRefused(none);
}

TEST(ScriptMessage, IsRefusedWithDataOfAWrongLength) {
  for (const std::size_t size : {0U, 256U}) {
    v1::CardScript script = OneTransmit();
    TransmitOf(script).set_literal(std::string(size, 'x'));
    ExpectRefused(script);
  }
  for (const std::size_t size : {0U, 15U, 65U}) {
    v1::CardScript script = OneTransmit();
    TransmitOf(script).mutable_signed_challenge()->set_challenge(std::string(size, 'x'));
    ExpectRefused(script);
  }
}

TEST(ScriptMessage, IsRefusedWithStatusWordsThatAreNone) {
  v1::CardScript value = OneReadFile();
  value.mutable_steps(0)->mutable_accepted(0)->set_value(0x19000);
  ExpectRefused(value);
  v1::CardScript mask = OneReadFile();
  mask.mutable_steps(0)->mutable_accepted(0)->set_mask(0x1FFFF);
  ExpectRefused(mask);
  v1::CardScript none = OneReadFile();
  none.mutable_steps(0)->clear_accepted();
  ExpectRefused(none);
  v1::CardScript many = OneReadFile();
  for (int i = 0; i < 8; ++i) *many.mutable_steps(0)->add_accepted() = many.steps(0).accepted(0);
  ExpectRefused(many);
}

TEST(AnswersMessage, GoesThereAndBack) {
  const ScriptAnswers complete{
      {{0x9000, Bytes{0x30, 0x82, 0x00}, 1234, 6}, {0x63C2, {}, 0xFFFFFFFF, 1}}, std::nullopt, std::nullopt};
  const ScriptAnswers stopped{{{0x63C0, {}, 5, 1}}, ErrorCode::kPinBlocked, 0};
  for (const ScriptAnswers& answers : {complete, stopped, ScriptAnswers{}}) {
    const Result<ScriptAnswers> back = FromMessage(ToMessage(answers));
    ASSERT_TRUE(back.ok()) << back.error().detail;
    EXPECT_EQ(*back, answers);
  }
}

TEST(AnswersMessage, TellsNoTriesLeftFromNoLook) {
  EXPECT_EQ(FromMessage(ToMessage(ScriptAnswers{{}, std::nullopt, 0}))->tries_left, 0);
  EXPECT_EQ(FromMessage(ToMessage(ScriptAnswers{}))->tries_left, std::nullopt);
}

TEST(AnswersMessage, IsRefusedWithTooManySteps) {
  v1::ScriptAnswers answers = OneAnswer();
  while (answers.steps_size() < 32) *answers.add_steps() = answers.steps(0);
  EXPECT_TRUE(FromMessage(answers).ok());
  *answers.add_steps() = answers.steps(0);
  ExpectRefused(answers);
}

TEST(AnswersMessage, IsRefusedWithDataThatIsTooLong) {
  v1::ScriptAnswers answers = OneAnswer();
  answers.mutable_steps(0)->set_data(std::string(limits::kStepDataBytesMax, 'x'));
  EXPECT_TRUE(FromMessage(answers).ok());
  answers.mutable_steps(0)->set_data(std::string(limits::kStepDataBytesMax + 1, 'x'));
  ExpectRefused(answers);
}

TEST(AnswersMessage, IsRefusedWithNumbersThatDoNotFit) {
  v1::ScriptAnswers status = OneAnswer();
  status.mutable_steps(0)->set_status_word(0x19000);  // would be 9000 in 16 bits
  ExpectRefused(status);
  v1::ScriptAnswers tries = OneAnswer();
  tries.set_tries_left(16);
  ExpectRefused(tries);
  tries.set_tries_left(0xFFFFFFFF);
  ExpectRefused(tries);
}

TEST(AnswersMessage, IsRefusedWithAReasonThatIsNoCode) {
  for (const int code : {-1, 1, 1299, 999999}) {
    v1::ScriptAnswers answers = OneAnswer();
    answers.set_stopped_code(code);
    ExpectRefused(answers);
  }
}

}  // namespace
}  // namespace madoguchi::wire
