// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/secret_lines.h"

#include <gtest/gtest.h>

#include "tests/terminal/agent/pipe.h"

namespace madoguchi::agent {
namespace {

TEST(SecretLines, GiveEachValueOnce) {
  const Pipe pipe("password=a=b c\r\n\noperator_pin=1234");
  SecretLines lines = SecretLines::Read(pipe.descriptor()).value();
  EXPECT_TRUE(lines.Has("password"));
  EXPECT_TRUE(AsText(lines.Take("password")->view()) == "a=b c");
  EXPECT_FALSE(lines.Take("password").has_value());
  EXPECT_TRUE(AsText(lines.Take("operator_pin")->view()) == "1234");
}

TEST(SecretLines, TellNamesFromTheirBeginnings) {
  const Pipe pipe("new_password=one\nnew_password_again=two\n");
  SecretLines lines = SecretLines::Read(pipe.descriptor()).value();
  EXPECT_TRUE(AsText(lines.Take("new_password")->view()) == "one");
  EXPECT_TRUE(AsText(lines.Take("new_password_again")->view()) == "two");
}

TEST(SecretLines, TakeTheTwoMarksBetweenWordsOfANameForOne) {
  const Pipe pipe("insurer-number=138057\nnumber=1-2\nlimit_consent=yes\n");
  SecretLines lines = SecretLines::Read(pipe.descriptor()).value();
  EXPECT_TRUE(AsText(lines.Take("insurer_number")->view()) == "138057");
  EXPECT_TRUE(AsText(lines.Take("number")->view()) == "1-2") << "in a value they stay what they are";
  EXPECT_TRUE(lines.Has("limit_consent"));
}

TEST(SecretLines, RefuseWhatTheyDoNotKnowWithoutRepeatingIt) {
  for (const std::string& content :
       {std::string("passwort=hunter22\n"), std::string("hunter22\n"), std::string("password=hunter22\npassword=x\n"),
        "password=hunter22" + std::string(kSecretLineBytesMax, 'x')}) {
    const Pipe pipe(content);
    const Result<SecretLines> lines = SecretLines::Read(pipe.descriptor());
    ASSERT_FALSE(lines.ok());
    EXPECT_EQ(lines.error().code, ErrorCode::kFieldInvalid);
    EXPECT_EQ(lines.error().detail.find("hunter22"), std::string::npos);
  }
  std::string many;
  for (std::size_t i = 0; i <= kSecretLinesMax; ++i) many += "\n";
  const Pipe pipe(many);
  EXPECT_FALSE(SecretLines::Read(pipe.descriptor()).ok());
}

}  // namespace
}  // namespace madoguchi::agent
