// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/key_choice.h"

#include <gtest/gtest.h>

#include "tests/terminal/agent/at_keyboard.h"

namespace madoguchi::agent {
namespace {

int Chosen(std::string_view keys) {
  const std::optional<char> key = AskKey("Q", keys);
  return key ? *key : 0;
}

TEST(KeyChoice, IsTheFirstKeyThatAnswersTheQuestion) {
  EXPECT_EQ(AtKeyboard("x92", [] { return Chosen("123"); }).second, '2');
  EXPECT_EQ(AtKeyboard("\r", [] { return Chosen("n\nq"); }).second, '\n');
}

TEST(KeyChoice, IsGivenUpByEscapeAndByTheEndOfTheInput) {
  EXPECT_EQ(AtKeyboard("\x1B", [] { return Chosen("123"); }).second, 0);
  EXPECT_EQ(AtKeyboard("\x04", [] { return Chosen("123"); }).second, 0);
}

TEST(KeyChoice, LooksAtWhatElseHappensMeanwhile) {
  const auto ask = [] {
    int looks = 0;
    AskKey("Q", "1", {-1, [&looks] { ++looks; }});
    return looks > 0 ? 7 : 0;
  };
  EXPECT_EQ(AtKeyboard("1", ask).second, 7);
}

}  // namespace
}  // namespace madoguchi::agent
