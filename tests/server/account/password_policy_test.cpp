// SPDX-License-Identifier: Apache-2.0
#include "server/account/password_policy.h"

#include <gtest/gtest.h>

namespace madoguchi::account {
namespace {

bool Good(std::string_view password, std::size_t least = kPasswordLengthMinDefault,
          std::string_view old = "the old one of it") {
  const Problems problems = CheckPassword({least}, "new_password", AsBytes(password), AsBytes(old), "W0000001");
  for (const Problem& problem : problems) {
    EXPECT_EQ(problem.field, "new_password");
    EXPECT_FALSE(problem.text_ja.empty() || problem.text_en.empty());
    EXPECT_EQ(problem.text_en.find(password), std::string::npos);
  }
  return problems.empty();
}

TEST(PasswordPolicy, ThirteenCharactersAreEnoughOfAnyKind) {
  EXPECT_TRUE(Good("abcdefghijklm"));
  EXPECT_FALSE(Good("abcdefghijkl"));
  EXPECT_TRUE(Good("まどぐちのあさはいつもあかるい"));
}

TEST(PasswordPolicy, ShorterOnesNeedThreeKindsWhereTheyAreAllowedAtAll) {
  EXPECT_TRUE(Good("abcDEF12", 8));
  EXPECT_TRUE(Good("abc-ef12", 8));
  EXPECT_FALSE(Good("abcdef12", 8));
  EXPECT_FALSE(Good("abcDEF1", 8));
  EXPECT_TRUE(Good("abcdefghijklm", 8));
}

TEST(PasswordPolicy, NobodyCanSetItBelowEight) {
  EXPECT_FALSE(Good("aB1-567", 1));
  EXPECT_TRUE(Good("aB1-5678", 1));
}

TEST(PasswordPolicy, NeitherTheIdNorTheOldOne) {
  EXPECT_FALSE(Good("my w0000001 and more"));
  EXPECT_FALSE(Good("the old one of it", 13, "the old one of it"));
}

TEST(PasswordPolicy, IsBoundedAndHoldsNoControlCharacter) {
  EXPECT_TRUE(Good(std::string(kPasswordBytesMax, 'x')));
  EXPECT_FALSE(Good(std::string(kPasswordBytesMax + 1, 'x')));
  EXPECT_FALSE(Good("abcdefghijklm\n"));
  EXPECT_FALSE(Good("abcdefghijklm\x7f"));
  EXPECT_FALSE(Good("abcdefghijklm\xc2\x85"));
  EXPECT_TRUE(Good("abcdefghijklm\xc2\xa5"));
}

TEST(OperatorPin, IsFourToTwelveDigitsAndNotAllTheSame) {
  const auto good = [](std::string_view pin) {
    return CheckOperatorPin("new_pin", AsBytes(pin), AsBytes("9753")).empty();
  };
  EXPECT_TRUE(good("1234"));
  EXPECT_TRUE(good("123456789012"));
  EXPECT_FALSE(good("123"));
  EXPECT_FALSE(good("1234567890123"));
  EXPECT_FALSE(good("12a4"));
  EXPECT_FALSE(good("7777"));
  EXPECT_FALSE(good("9753"));
}

}  // namespace
}  // namespace madoguchi::account
