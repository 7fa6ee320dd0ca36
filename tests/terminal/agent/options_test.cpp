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

std::string HelpOf(std::string command) {
  std::vector<std::string> words = {"madoguchi-terminal", std::move(command), "--help"};
  std::vector<char*> argv;
  for (std::string& word : words) argv.push_back(word.data());
  Options options;
  testing::internal::CaptureStdout();
  EXPECT_EQ(ParseOptions(static_cast<int>(argv.size()), argv.data(), false, options), kExitDone);
  return testing::internal::GetCapturedStdout();
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
      {{"operator", "change-pin", "--staff", "007", "--directory", "d"}, Command::kChangeOperatorPin},
      {{"show-again", "--directory", "d"}, Command::kShowAgain},
      {{"confirm", "--press", "p", "--same-person", "--directory", "d"}, Command::kConfirm},
      {{"name", "propose", "--press", "p", "--directory", "d"}, Command::kProposeName},
      {{"name", "confirm", "--press", "p", "--result", "2", "--directory", "d"}, Command::kConfirmName}};
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

TEST(Options, TakeTheWayOfCheckingAndWhatThePersonAtTheDeskStates) {
  Options options;
  EXPECT_EQ(Parse({"check", "--directory", "d", "--method", "sight", "--presenter", "guardian", "--attest", "no-photo"},
                  options),
            std::nullopt);
  EXPECT_EQ(options.method, link::Method::kSight);
  EXPECT_EQ(options.attestation, (link::Attestation{link::Presenter::kGuardian, link::PhotoCheck::kNoPhoto}));
  Options plain;
  EXPECT_EQ(Parse({"check", "--directory", "d"}, plain), std::nullopt);
  EXPECT_EQ(plain.method, link::Method::kPin);
  EXPECT_EQ(plain.attestation, link::Attestation());
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{"--method", "face"},
                                                {"--presenter", "nobody"},
                                                {"--attest", "yes"},
                                                {"--family", "--repeat", "2"}}) {
    std::vector<std::string> words = {"check", "--directory", "d"};
    words.insert(words.end(), wrong.begin(), wrong.end());
    Options refused;
    EXPECT_EQ(Parse(words, refused), kExitUsage) << wrong[0];
  }
}

TEST(Options, SayThatARealCardsSchemeForSightIsNotPublic) {
  const std::string help = HelpOf("check");
  EXPECT_NE(help.find("実際のマイナンバーカードで、暗証番号なしに本人確認を行う方式は公開されていません"),
            std::string::npos);
  EXPECT_NE(help.find("how a real My Number Card does this without PIN is not public"), std::string::npos);
  EXPECT_NE(help.find("資格確認限定型には含まれません"), std::string::npos);
}

TEST(Options, ConfirmAPersonInOneWayAndOnlyOfANamedPress) {
  for (const std::vector<std::string>& wrong :
       {std::vector<std::string>{"--press", "p"}, {"--same-person"}, {"--press", "p", "--same-person", "--another"}}) {
    std::vector<std::string> words = {"confirm", "--directory", "d"};
    words.insert(words.end(), wrong.begin(), wrong.end());
    Options options;
    EXPECT_EQ(Parse(words, options), kExitUsage) << wrong.size();
  }
}

TEST(Options, TakeNothingAboutAPatientAsArgument) {
  for (const char* option : {"--insurer-number", "--symbol", "--number", "--branch", "--birthdate", "--patient-number",
                             "--expected-birthdate"}) {
    Options options;
    EXPECT_EQ(Parse({"check", "--directory", "d", option, "1"}, options), kExitUsage) << option;
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
