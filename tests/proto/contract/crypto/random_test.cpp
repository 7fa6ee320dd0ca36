// SPDX-License-Identifier: Apache-2.0
#include "contract/crypto/random.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace madoguchi::crypto {
namespace {

TEST(RandomBytes, AreAsManyAsAskedFor) {
  EXPECT_EQ(RandomBytes(0).size(), 0U);
  EXPECT_EQ(RandomBytes(1).size(), 1U);
  EXPECT_EQ(RandomBytes(1000).size(), 1000U);
}

TEST(RandomBytes, AreNewEachTime) {
  EXPECT_NE(RandomBytes(32), RandomBytes(32));
}

TEST(NewUuid, HasVersionFourAndTheVariantOfTheRfc) {
  for (int i = 0; i < 100; ++i) {
    const Bytes uuid = NewUuid();
    ASSERT_EQ(uuid.size(), 16U);
    EXPECT_EQ(uuid[6] >> 4, 4);
    EXPECT_EQ(uuid[8] >> 6, 2);
    EXPECT_EQ(UuidFromText(UuidText(uuid)), uuid);
  }
}

TEST(NewUuid, KeepsEveryOtherBitRandom) {
  Bytes ones(16, 0x00), zeros(16, 0xFF);
  for (int i = 0; i < 200; ++i) {
    const Bytes uuid = NewUuid();
    for (std::size_t at = 0; at < 16; ++at) {
      ones[at] = static_cast<std::uint8_t>(ones[at] | uuid[at]);
      zeros[at] = static_cast<std::uint8_t>(zeros[at] & uuid[at]);
    }
  }
  for (std::size_t at = 0; at < 16; ++at) {
    const int fixed = at == 6 ? 0xF0 : at == 8 ? 0xC0 : 0x00;
    EXPECT_EQ((ones[at] ^ zeros[at]) | fixed, 0xFF) << "byte " << at;
  }
}

TEST(NewUuid, IsNeverTheSame) {
  std::set<Bytes> seen;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(seen.insert(NewUuid()).second);
}

}  // namespace
}  // namespace madoguchi::crypto
