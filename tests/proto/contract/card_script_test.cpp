// SPDX-License-Identifier: Apache-2.0
#include "contract/card_script.h"

#include <gtest/gtest.h>

namespace madoguchi {
namespace {

const StatusPattern kOk{0x9000};

CardScript With(std::vector<Step> steps) {
  return {std::move(steps), false};
}

CardScript Transmit(StepData data, std::uint16_t expected_bytes = 0) {
  return With({{TransmitStep{0x00, 0xA4, 0x04, 0x0C, std::move(data), expected_bytes}, {kOk}}});
}

CardScript ReadFile(std::uint16_t bytes_max) {
  return With({{ReadFileStep{0x000A, bytes_max, true}, {kOk}}});
}

std::string Refusal(const CardScript& script) {
  const Result<void> checked = CheckScript(script);
  if (checked.ok()) return "accepted";
  EXPECT_EQ(checked.error().code, ErrorCode::kScriptInvalid);
  return checked.error().detail;
}

TEST(StatusPattern, AcceptsOneStatusWordOrAWholeRow) {
  EXPECT_TRUE(kOk.Accepts(0x9000));
  EXPECT_FALSE(kOk.Accepts(0x9001));
  const StatusPattern tries{0x63C0, 0xFFF0};
  for (std::uint16_t left = 0; left < 16; ++left) EXPECT_TRUE(tries.Accepts(static_cast<std::uint16_t>(0x63C0 + left)));
  EXPECT_FALSE(tries.Accepts(0x63D0));
  EXPECT_FALSE(tries.Accepts(0x6300));
}

TEST(CardScript, HasOneToThirtyTwoSteps) {
  const Step step{ReadFileStep{0x000A, 100, false}, {kOk}};
  EXPECT_EQ(Refusal(With({})), "no steps");
  EXPECT_EQ(Refusal(With(std::vector<Step>(32, step))), "accepted");
  EXPECT_EQ(Refusal(With(std::vector<Step>(33, step))), "too many steps");
}

TEST(CardScript, AcceptsOneToEightStatusWordsPerStep) {
  const ReadFileStep read{0x000A, 100, false};
  EXPECT_EQ(Refusal(With({{read, {}}})), "step 0: accepts no status word");
  EXPECT_EQ(Refusal(With({{read, std::vector<StatusPattern>(8, kOk)}})), "accepted");
  EXPECT_EQ(Refusal(With({{read, std::vector<StatusPattern>(9, kOk)}})), "step 0: too many accepted status words");
}

TEST(CardScript, HoldsLiteralDataOfAShortCommand) {
  EXPECT_EQ(Refusal(Transmit(NoData{})), "accepted");
  EXPECT_EQ(Refusal(Transmit(Bytes{})), "step 0: empty literal data");
  EXPECT_EQ(Refusal(Transmit(Bytes(255))), "accepted");
  EXPECT_EQ(Refusal(Transmit(Bytes(256))), "step 0: literal data too long");
}

TEST(CardScript, ExpectsAtMostAShortAnswer) {
  EXPECT_EQ(Refusal(Transmit(NoData{}, 256)), "accepted");
  EXPECT_EQ(Refusal(Transmit(NoData{}, 257)), "step 0: expected_bytes above 256");
}

TEST(CardScript, HoldsAChallengeOfSixteenToSixtyFourBytes) {
  EXPECT_EQ(Refusal(Transmit(SignedChallenge{Bytes(15)})), "step 0: challenge length");
  EXPECT_EQ(Refusal(Transmit(SignedChallenge{Bytes(16)})), "accepted");
  EXPECT_EQ(Refusal(Transmit(SignedChallenge{Bytes(64)})), "accepted");
  EXPECT_EQ(Refusal(Transmit(SignedChallenge{Bytes(65)})), "step 0: challenge length");
}

TEST(CardScript, ReadsFilesOfOneByteToEightKibibytes) {
  EXPECT_EQ(Refusal(ReadFile(0)), "step 0: bytes_max out of range");
  EXPECT_EQ(Refusal(ReadFile(1)), "accepted");
  EXPECT_EQ(Refusal(ReadFile(8192)), "accepted");
  EXPECT_EQ(Refusal(ReadFile(8193)), "step 0: bytes_max out of range");
}

TEST(CardScript, IsRefusedWithTheNumberOfTheWrongStep) {
  CardScript script = ReadFile(100);
  script.steps.push_back({TransmitStep{0, 0, 0, 0, Bytes{}, 0}, {kOk}});
  EXPECT_EQ(Refusal(script), "step 1: empty literal data");
}

TEST(SignatureInput, IsDomainCodeChallengeAndPressInThisOrder) {
  const Bytes input = SignatureInput("1311234567", Bytes(32, 0xC7), Bytes(16, 0x11));
  ASSERT_EQ(input.size(), kSignatureDomain.size() + kInstitutionCodeLength + 32 + kPressIdBytes);
  EXPECT_EQ(ToHex(input),
            "6d61646f67756368692e636865636b2e763100"  // "madoguchi.check.v1" and a zero byte
            "31333131323334353637" +
                ToHex(Bytes(32, 0xC7)) + ToHex(Bytes(16, 0x11)));
}

}  // namespace
}  // namespace madoguchi
