// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/options.h"

#include <gtest/gtest.h>

#include "terminal/agent/error_output.h"

namespace madoguchi::agent {
namespace {

std::optional<int> Parse(std::vector<std::string> words, Options& options) {
  words.insert(words.begin(), "madoguchi-terminal");
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  testing::internal::CaptureStderr();
  const std::optional<int> exit = ParseOptions(static_cast<int>(argv.size()), argv.data(), false, options);
  testing::internal::GetCapturedStderr();
  return exit;
}

TEST(Options, KnowEveryCommand) {
  const std::vector<std::pair<std::vector<std::string>, Command>> commands = {
      {{"readers"}, Command::kReaders},
      {{"watch"}, Command::kWatch},
      {{"check", "--directory", "d"}, Command::kCheck},
      {{"activate", "--directory", "d"}, Command::kActivate},
      {{"status", "--directory", "d"}, Command::kStatus},
      {{"log-in", "--directory", "d"}, Command::kLogIn},
      {{"log-out", "--directory", "d"}, Command::kLogOut},
      {{"change-password", "--directory", "d"}, Command::kChangePassword},
      {{"deregister", "--directory", "d"}, Command::kDeregister},
      {{"renew", "--directory", "d", "--late"}, Command::kRenew},
      {{"passcode", "set", "--directory", "d"}, Command::kSetPasscode},
      {{"passcode", "change", "--directory", "d"}, Command::kChangePasscode},
      {{"operator", "sign-in", "--staff", "007", "--directory", "d"}, Command::kSignInOperator},
      {{"operator", "sign-out", "--directory", "d"}, Command::kSignOutOperator},
      {{"operator", "change-pin", "--staff", "007", "--directory", "d"}, Command::kChangeOperatorPin}};
  for (const auto& [words, command] : commands) {
    Options options;
    EXPECT_EQ(Parse(words, options), std::nullopt) << words[0];
    EXPECT_EQ(options.command, command) << words[0];
  }
}

TEST(Options, LetAnActivationPinItsRootInOneWayOnly) {
  const std::vector<std::string> activate = {"activate", "--directory", "d"};
  for (const std::vector<std::string>& more :
       {std::vector<std::string>{"--link-fd", "3", "--root", "r", "--server", "s:1"},
        {"--link-fd", "3", "--qr", "f"},
        {"--qr", "f", "--sheet", "g"},
        {"--server", "s:1"},
        {"--root", "r"},
        {"--root", "r", "--server", "s:1", "--connection-code", "c"},
        {"--add-account", "--connection-code", "c"},
        {"--add-account", "--root", "r", "--server", "s:1"},
        {"--add-account", "--name", "n"}}) {
    std::vector<std::string> words = activate;
    words.insert(words.end(), more.begin(), more.end());
    Options options;
    EXPECT_EQ(Parse(words, options), kExitUsage) << more[0] << more.size();
  }
}

TEST(Options, TakeNoSecretAsArgument) {
  for (const char* option : {"--password", "--pin", "--token", "--link", "--activation-code", "--passcode"}) {
    Options options;
    EXPECT_EQ(Parse({"log-in", "--directory", "d", option, "x"}, options), kExitUsage) << option;
  }
}

}  // namespace
}  // namespace madoguchi::agent
