// SPDX-License-Identifier: Apache-2.0
#include "terminal/relay/desk_pin.h"

#include <gtest/gtest.h>

namespace madoguchi::relay {
namespace {

constexpr std::array<std::uint8_t, 4> kVerify = {0x00, 0x20, 0x00, 0x80};

DeskPin Filled(std::string_view digits) {
  Result<DeskPin> pin = DeskPin::Make({});
  EXPECT_TRUE(pin.ok());
  for (const char digit : digits) EXPECT_TRUE(pin->Add(static_cast<std::uint8_t>(digit)).ok());
  return std::move(*pin);
}

TEST(PinSlot, TakesFourDigitsAndNoFifth) {
  DeskPin pin = Filled("1234");
  EXPECT_TRUE(pin.complete());
  EXPECT_EQ(pin.Add('5').error().code, ErrorCode::kPinFormatInvalid);
  EXPECT_EQ(pin.size(), 4U);
}

TEST(PinSlot, TakesOnlyDigits) {
  DeskPin pin = Filled("12");
  for (const char other : {'a', ' ', '\n', '\0', '/', ':'}) {
    EXPECT_EQ(pin.Add(static_cast<std::uint8_t>(other)).error().code, ErrorCode::kPinFormatInvalid);
  }
  EXPECT_EQ(pin.size(), 2U);
}

TEST(PinSlot, TakesAnyBytesWhenItsRuleSaysSo) {
  Result<DeskPin> pin = DeskPin::Make({.length = 8, .digits_only = false});
  ASSERT_TRUE(pin.ok());
  for (int byte = 0; byte < 8; ++byte) EXPECT_TRUE(pin->Add(static_cast<std::uint8_t>(byte * 31)).ok());
  EXPECT_TRUE(pin->complete());
}

TEST(PinSlot, ForgetsTheLastDigitWhenAsked) {
  DeskPin pin = Filled("129");
  pin.RemoveLast();
  EXPECT_TRUE(pin.Add('3').ok());
  EXPECT_TRUE(pin.Add('4').ok());
  const Result<SecretBytes> command = pin.TakeAsCommand(kVerify);
  ASSERT_TRUE(command.ok());
  EXPECT_EQ(ToHex(command->view()), "002000800431323334");
}

TEST(PinSlot, IsEmptyAfterItWasTaken) {
  DeskPin pin = Filled("1234");
  EXPECT_TRUE(pin.TakeAsCommand(kVerify).ok());
  EXPECT_EQ(pin.size(), 0U);
  EXPECT_EQ(pin.TakeAsCommand(kVerify).error().code, ErrorCode::kPinFormatInvalid);
}

TEST(PinSlot, GivesNoVerifyOfAnIncompletePinAndIsEmptyAfterwards) {
  DeskPin pin = Filled("123");
  EXPECT_EQ(pin.TakeAsCommand(kVerify).error().code, ErrorCode::kPinFormatInvalid);
  EXPECT_EQ(pin.size(), 0U);
}

TEST(PinSlot, HoldsNoByteInItsMemoryAfterItWasTaken) {
  DeskPin pin = Filled("1234");
  const std::uint8_t* const memory = pin.bytes_for_leak_test().data();
  ASSERT_EQ(memory[0], '1');
  EXPECT_TRUE(pin.TakeAsCommand(kVerify).ok());
  for (int at = 0; at < 4; ++at) EXPECT_EQ(memory[at], 0) << "byte " << at << " of the slot was not wiped";
}

TEST(PinSlot, RefusesARuleItCannotHold) {
  EXPECT_FALSE(DeskPin::Make({.length = 0}).ok());
  EXPECT_FALSE(DeskPin::Make({.length = kPinBytesMax + 1}).ok());
}

}  // namespace
}  // namespace madoguchi::relay
