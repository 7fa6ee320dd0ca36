// SPDX-License-Identifier: Apache-2.0
#include "server/audit/trail.h"

#include <gtest/gtest.h>

namespace madoguchi::audit {
namespace {

// RFC 4231 has no case with a key of at least 32 bytes and short data but case 6: key 131 × aa.
TEST(KeyedHash, IsHmacSha256OfTheInputBehindTheKeysId) {
  const KeyedHash hash(Bytes(131, 0xAA));
  const std::string text = hash.Of(AsBytes("Test Using Larger Than Block-Size Key - Hash Key First"));
  EXPECT_EQ(text.substr(8), ":60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(KeyedHash, NamesItsKeyWithoutTellingIt) {
  const KeyedHash one(Bytes(32, 1)), other(Bytes(32, 2));
  EXPECT_NE(one.Of({}).substr(0, 8), other.Of({}).substr(0, 8));
  EXPECT_EQ(one.Of({}).size(), 8u + 1u + 64u);
}

TEST(KeyedHash, DiffersForTheSameInputUnderAnotherKey) {
  EXPECT_NE(KeyedHash(Bytes(32, 1)).Of(AsBytes("x")).substr(9), KeyedHash(Bytes(32, 2)).Of(AsBytes("x")).substr(9));
}

TEST(KeyedHash, WritesByTheCurrentKeyAndSearchesByEveryOne) {
  const KeyedHash first(Bytes(32, 1)), second(Bytes(32, 2), {Bytes(32, 1)});
  EXPECT_NE(second.Of(AsBytes("x")), first.Of(AsBytes("x")));
  const std::vector<std::string> sought = second.AllOf(AsBytes("x"));
  EXPECT_EQ(sought, (std::vector<std::string>{second.Of(AsBytes("x")), first.Of(AsBytes("x"))}));
  EXPECT_EQ(first.AllOf(AsBytes("x")), std::vector<std::string>{first.Of(AsBytes("x"))});
}

TEST(KeyedHash, KeepsTheFirstKeyForWhatMustNotChange) {
  const KeyedHash first(Bytes(32, 1)), third(Bytes(32, 3), {Bytes(32, 2), Bytes(32, 1)});
  EXPECT_EQ(third.First().Of(AsBytes("x")), first.Of(AsBytes("x")));
  EXPECT_EQ(first.First().Of(AsBytes("x")), first.Of(AsBytes("x")));
}

TEST(KeyedHash, HasAtMostSixteenKeys) {
  EXPECT_EQ(KeyedHash(Bytes(32, 0), std::vector<Bytes>(100, Bytes(32, 1))).AllOf({}).size(), kKeyEpochsMax);
}

}  // namespace
}  // namespace madoguchi::audit
