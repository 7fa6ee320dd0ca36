// SPDX-License-Identifier: Apache-2.0
#include "server/console/single_use_code.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>

namespace madoguchi::console {
namespace {

TEST(SingleUseCode, HasFourGroupsOfFiveAndIsNewEachTime) {
  std::set<std::string> codes;
  const std::regex shape("([0-9A-HJKMNP-TV-Z]{5}-){3}[0-9A-HJKMNP-TV-Z]{5}");
  for (int i = 0; i < 100; ++i) {
    codes.insert(NewSingleUseCode());
    EXPECT_TRUE(std::regex_match(*codes.begin(), shape));
  }
  EXPECT_EQ(codes.size(), 100U);
}

TEST(SingleUseCode, IsTheSameHoweverItIsTyped) {
  EXPECT_EQ(Normalised("01234-56789-abcde-fghjk"), "0123456789ABCDEFGHJK");
  EXPECT_EQ(Normalised("O l 2 3 4 5 6 7 8 9 A B C D E F G H J K"), "0123456789ABCDEFGHJK");
}

TEST(SingleUseCode, IsNothingWithOtherSignsOrAnotherLength) {
  for (const std::string& typed :
       {std::string(), std::string("01234-56789-ABCDE-FGHJ"), std::string("01234-56789-ABCDE-FGHJKM"),
        std::string("01234-56789-ABCDE-FGHJ!"), std::string(65, '-')})
    EXPECT_EQ(Normalised(typed), "");
}

TEST(SingleUseCode, HasAnotherHashForAnotherUseAndUser) {
  const audit::KeyedHash key(Bytes(32, 1));
  const std::set<std::string> hashes = {CodeHash(key, "recovery", "a", "X"), CodeHash(key, "reset", "a", "X"),
                                        CodeHash(key, "recovery", "b", "X"), CodeHash(key, "recovery", "a", "Y")};
  EXPECT_EQ(hashes.size(), 4U);
}

}  // namespace
}  // namespace madoguchi::console
