// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/entry.h"

#include <gtest/gtest.h>

#include "tests/terminal/agent/at_keyboard.h"
#include "tests/terminal/agent/pipe.h"

namespace madoguchi::agent {
namespace {

constexpr std::size_t kBytesMax = 16;

TEST(Entry, TakesASecretFromTheKeyboardAndShowsNothingOfIt) {
  const auto [shown, exit] = AtKeyboard("hunteX\x7Fr22\r", [] {
    Entry entry = Entry::Open(-1).value();
    const Result<SecretBytes> typed = entry.Secret("password", "Q", kBytesMax);
    return typed && AsText(typed->view()) == "hunter22" ? 0 : 1;
  });
  EXPECT_EQ(exit, 0);
  EXPECT_EQ(shown.find("hunte"), std::string::npos);
}

TEST(Entry, ShowsWhatIsNoSecretAndTakesTheOfferedValueForAnEmptyLine) {
  const auto text = [] {
    Entry entry = Entry::Open(-1).value();
    const Result<std::string> typed = entry.Text("account_id", "Q", "W0000001");
    return !typed ? 1 : *typed == "W0000001" ? 2 : *typed == "窓7" ? 3 : 4;
  };
  EXPECT_EQ(AtKeyboard("\r", text).second, 2);
  const auto [shown, exit] = AtKeyboard(
      "窓口\x7F"
      "7\r",
      text);
  EXPECT_EQ(exit, 3);
  EXPECT_NE(shown.find("窓7"), std::string::npos);
}

TEST(Entry, IsGivenUpByEscape) {
  EXPECT_EQ(AtKeyboard("hun\x1B",
                       [] {
                         Entry entry = Entry::Open(-1).value();
                         const Result<SecretBytes> typed = entry.Secret("password", "Q", kBytesMax);
                         return !typed && typed.error().detail == "password" ? 0 : 1;
                       })
                .second,
            0);
}

TEST(Entry, AgreesOnlyByYes) {
  const auto confirm = [] { return Entry::Open(-1)->Confirm("Q") ? 0 : 1; };
  EXPECT_EQ(AtKeyboard("y\r", confirm).second, 0);
  EXPECT_EQ(AtKeyboard("\r", confirm).second, 1);
  EXPECT_EQ(AtKeyboard("n\r", confirm).second, 1);
}

TEST(Entry, ShowsAFieldOfAPersonAndTakesNothingForAnEmptyLine) {
  const auto field = [] {
    Entry entry = Entry::Open(-1).value();
    const Result<SecretBytes> typed = entry.Field("symbol", "Q", kBytesMax);
    return !typed ? 1 : typed->empty() ? 2 : AsText(typed->view()) == "記12" ? 3 : 4;
  };
  EXPECT_EQ(AtKeyboard("\r", field).second, 2);
  const auto [shown, exit] = AtKeyboard("記12\r", field);
  EXPECT_EQ(exit, 3);
  EXPECT_NE(shown.find("記12"), std::string::npos);
}

TEST(Entry, FromADescriptorAsksNobody) {
  const Pipe pipe("password=hunter22\nbranch=01\nsymbol=more than sixteen bytes\n");
  Entry entry = Entry::Open(pipe.descriptor()).value();
  EXPECT_FALSE(entry.typed());
  EXPECT_FALSE(entry.Confirm("Q"));
  EXPECT_TRUE(AsText(entry.Secret("password", "Q", kBytesMax)->view()) == "hunter22");
  EXPECT_EQ(entry.Secret("operator_pin", "Q", kBytesMax).error().detail, "operator_pin");
  EXPECT_EQ(entry.Text("account_id", "Q", "W0000001").value(), "W0000001");
  EXPECT_TRUE(AsText(entry.Field("branch", "Q", kBytesMax)->view()) == "01");
  EXPECT_TRUE(entry.Field("number", "Q", kBytesMax)->empty());
  EXPECT_EQ(entry.Field("symbol", "Q", kBytesMax).error().detail, "symbol");
}

}  // namespace
}  // namespace madoguchi::agent
