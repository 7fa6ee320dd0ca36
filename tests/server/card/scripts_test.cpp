// SPDX-License-Identifier: Apache-2.0
#include "server/card/scripts.h"

#include <gtest/gtest.h>

namespace madoguchi::card {
namespace {

TransmitStep Transmit(const CardScript& script, std::size_t step) {
  return std::get<TransmitStep>(script.steps.at(step).action);
}

TEST(OpeningScript, SelectsTheJpkiApplicationFirst) {
  const TransmitStep select = Transmit(OpeningScript(), kSelectApplication);
  EXPECT_EQ(ToHex(Bytes{select.cla, select.ins, select.p1, select.p2}), "00a4040c");
  EXPECT_EQ(ToHex(std::get<Bytes>(select.data)), "d392f000260100000001");
  EXPECT_EQ(select.expected_bytes, 0);
}

TEST(OpeningScript, ReadsTheTokenLabelAndTheCertificateToItsDerLength) {
  const CardScript script = OpeningScript();
  const auto& token = std::get<ReadFileStep>(script.steps.at(kReadToken).action);
  const auto& certificate = std::get<ReadFileStep>(script.steps.at(kReadCertificate).action);
  EXPECT_EQ(token.file_id, 0x0006);
  EXPECT_EQ(certificate.file_id, 0x000A);
  EXPECT_TRUE(certificate.der_length);
}

TEST(OpeningScript, LooksAtTheTriesWithoutSpendingOne) {
  const TransmitStep look = Transmit(OpeningScript(), kLookAtTries);
  EXPECT_EQ(ToHex(Bytes{look.cla, look.ins, look.p1, look.p2}), "00200080");
  EXPECT_TRUE(std::holds_alternative<NoData>(look.data));
}

TEST(OpeningScript, HoldsTheCardAndHasNoPinSlotAndNoSignature) {
  const CardScript script = OpeningScript();
  EXPECT_FALSE(script.last);
  EXPECT_EQ(script.steps.size(), kOpeningSteps);
  for (const Step& step : script.steps) {
    const auto* transmit = std::get_if<TransmitStep>(&step.action);
    if (transmit == nullptr) continue;
    EXPECT_FALSE(std::holds_alternative<PinSlot>(transmit->data));
    EXPECT_FALSE(std::holds_alternative<SignedChallenge>(transmit->data));
  }
}

TEST(PinProofScript, VerifiesThePinSlotAndThenSignsOnceWithKey0017) {
  const Bytes challenge(32, 0xC7);
  const CardScript script = PinProofScript(challenge);
  ASSERT_EQ(script.steps.size(), kPinProofSteps);
  EXPECT_EQ(ToHex(std::get<Bytes>(Transmit(script, kSelectPinAgain).data)), "0018");
  EXPECT_TRUE(std::holds_alternative<PinSlot>(Transmit(script, kVerifyPin).data));
  EXPECT_EQ(ToHex(std::get<Bytes>(Transmit(script, kSelectKey).data)), "0017");
  const TransmitStep sign = Transmit(script, kSign);
  EXPECT_EQ(ToHex(Bytes{sign.cla, sign.ins, sign.p1, sign.p2}), "802a0080");
  EXPECT_EQ(std::get<SignedChallenge>(sign.data).challenge, challenge);
  EXPECT_EQ(sign.expected_bytes, 256);
  EXPECT_TRUE(script.last);
}

TEST(Scripts, StayInsideTheLimitsOfTheContract) {
  EXPECT_TRUE(CheckScript(OpeningScript()).ok());
  EXPECT_TRUE(CheckScript(PinProofScript(Bytes(32))).ok());
}

}  // namespace
}  // namespace madoguchi::card
