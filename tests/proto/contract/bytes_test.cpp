// SPDX-License-Identifier: Apache-2.0
#include "contract/bytes.h"

#include <gtest/gtest.h>

namespace madoguchi {
namespace {

TEST(Hex, WritesLowerCaseAndReadsEitherCase) {
  const Bytes bytes = {0x00, 0x0A, 0x7F, 0x80, 0xFF};
  EXPECT_EQ(ToHex(bytes), "000a7f80ff");
  EXPECT_EQ(FromHex("000a7f80ff"), bytes);
  EXPECT_EQ(FromHex("000A7F80fF"), bytes);
}

TEST(Hex, GoesThereAndBackForEveryByte) {
  for (int value = 0; value < 256; ++value) {
    const Bytes bytes = {static_cast<std::uint8_t>(value)};
    EXPECT_EQ(FromHex(ToHex(bytes)), bytes);
  }
}

TEST(Hex, OfNothingIsNothing) {
  EXPECT_EQ(ToHex({}), "");
  EXPECT_EQ(FromHex(""), Bytes{});
}

TEST(Hex, IsGroupedForReadingAloud) {
  EXPECT_EQ(GroupedHex(Bytes{0x3F, 0x2A, 0x11, 0xC0, 0x05}), "3f2a 11c0 05");
  EXPECT_EQ(GroupedHex({}), "");
}

TEST(Hex, RefusesOddLengthAndForeignCharacters) {
  for (const std::string_view text : {"0", "abc", "0g", "g0", " 0", "0x", "1-", "é"})
    EXPECT_EQ(FromHex(text), std::nullopt) << text;
}

TEST(Uuid, GoesThereAndBack) {
  const std::string text = "01234567-89ab-4cde-8f01-23456789abcd";
  const auto uuid = UuidFromText(text);
  ASSERT_TRUE(uuid);
  EXPECT_EQ(ToHex(*uuid), "0123456789ab4cde8f0123456789abcd");
  EXPECT_EQ(UuidText(*uuid), text);
}

TEST(Uuid, ReadsUpperCaseAndWritesLowerCase) {
  const auto uuid = UuidFromText("01234567-89AB-4CDE-8F01-23456789ABCD");
  ASSERT_TRUE(uuid);
  EXPECT_EQ(UuidText(*uuid), "01234567-89ab-4cde-8f01-23456789abcd");
}

TEST(Uuid, RefusesEveryOtherShape) {
  for (const std::string_view text : {"",
                                      "0123456789ab4cde8f0123456789abcd",         // no dashes
                                      "01234567-89ab-4cde-8f01-23456789abc",      // one short
                                      "01234567-89ab-4cde-8f01-23456789abcde",    // one long
                                      "0123456-789ab-4cde-8f01-23456789abcd",     // dash elsewhere
                                      "01234567-89ab-4cde-8f01-23456789abcg",     // no hex digit
                                      "01234567-89ab-4cde-8f01-2345-789abcd",     // a dash more
                                      "{1234567-89ab-4cde-8f01-23456789abc}",     // braces
                                      "01234567 89ab 4cde 8f01 23456789abcd"}) {  // spaces
    EXPECT_EQ(UuidFromText(text), std::nullopt) << text;
  }
}

TEST(ByteViews, SeeTextAsBytesAndBack) {
  EXPECT_EQ(ToHex(AsBytes("窓")), "e7aa93");
  const Bytes bytes = {'a', 0, 'b'};
  EXPECT_EQ(AsText(bytes), std::string_view("a\0b", 3));
}

}  // namespace
}  // namespace madoguchi
