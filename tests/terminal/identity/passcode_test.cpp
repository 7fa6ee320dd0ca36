// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/passcode.h"

#include <gtest/gtest.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "contract/files.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::identity {
namespace {

class PasscodeTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(mkdir(directory_.c_str(), 0700), 0);
    ASSERT_TRUE(SetPasscode(directory_, AsBytes("4071")).ok());
  }
  ErrorCode Refusal(std::string_view digits) const {
    const Result<void> checked = CheckPasscode(directory_, AsBytes(digits));
    return checked ? ErrorCode::kInternalError : checked.error().code;
  }
  TestFolder folder_;
  const std::string directory_ = folder_.File("desk");
  const std::string file_ = directory_ + "/passcode";
};

TEST_F(PasscodeTest, LetsTheRightOneInAndForgetsTheWrongOnesBefore) {
  for (int round = 0; round < 2; ++round) {
    for (int i = 1; i < kPasscodeTries; ++i) EXPECT_EQ(Refusal("0000"), ErrorCode::kPasscodeWrong);
    EXPECT_TRUE(CheckPasscode(directory_, AsBytes("4071")).ok());
  }
}

TEST_F(PasscodeTest, IsSpentByFiveWrongOnesAndThenTheRightOneHelpsNoMore) {
  for (int i = 1; i < kPasscodeTries; ++i) EXPECT_EQ(Refusal("0000"), ErrorCode::kPasscodeWrong);
  EXPECT_EQ(Refusal("0000"), ErrorCode::kPasscodeSpent);
  EXPECT_EQ(LookAtPasscode(directory_), PasscodeState::kSpent);
  EXPECT_EQ(Refusal("4071"), ErrorCode::kPasscodeSpent);
}

TEST_F(PasscodeTest, SaysHowManyTriesAreLeftAtTheEnd) {
  EXPECT_FALSE(CheckPasscode(directory_, AsBytes("0000")).error().tries_left.has_value());
  EXPECT_EQ(CheckPasscode(directory_, AsBytes("0000")).error().tries_left, 3);
}

// The child is killed while its try is being hashed: after the count went to disk, before the answer is known.
TEST_F(PasscodeTest, CountsATryEvenWhenTheProgramIsKilledWhileLookingAtIt) {
  for (int i = 1; i <= kPasscodeTries; ++i) {
    const int watch = inotify_init1(IN_CLOEXEC);
    ASSERT_GE(inotify_add_watch(watch, directory_.c_str(), IN_MOVED_TO), 0);
    const pid_t child = fork();
    if (child == 0) {
      const Result<void> ignored = CheckPasscode(directory_, AsBytes("0000"));
      for (;;) pause();
    }
    char event[4096];
    ASSERT_GT(read(watch, event, sizeof event), 0);  // the count was written
    kill(child, SIGKILL);
    waitpid(child, nullptr, 0);
    close(watch);
  }
  EXPECT_EQ(LookAtPasscode(directory_), PasscodeState::kSpent);
  EXPECT_EQ(Refusal("4071"), ErrorCode::kPasscodeSpent);
}

TEST_F(PasscodeTest, OfTwoProgramsAtOnceBothTriesCount) {
  std::vector<pid_t> children;
  for (int i = 0; i < 2; ++i) {
    children.push_back(fork());
    if (children.back() == 0) _exit(CheckPasscode(directory_, AsBytes("0000")).ok() ? 1 : 0);
  }
  for (const pid_t child : children) waitpid(child, nullptr, 0);
  EXPECT_EQ(CheckPasscode(directory_, AsBytes("0000")).error().tries_left, 2);
}

TEST_F(PasscodeTest, IsSpentWhenItsFileIsDamagedOrOpenToOthers) {
  ASSERT_EQ(chmod(file_.c_str(), 0644), 0);
  EXPECT_EQ(Refusal("4071"), ErrorCode::kPasscodeSpent);
  ASSERT_EQ(chmod(file_.c_str(), 0600), 0);
  EXPECT_EQ(LookAtPasscode(directory_), PasscodeState::kSet);
  for (const char* content : {"", "madoguchi-passcode 1\n", "madoguchi-passcode 1\nwrong 9\n$argon2id$x\n", "x"}) {
    ASSERT_TRUE(WriteFileWhole(file_, content, true).ok());
    EXPECT_EQ(LookAtPasscode(directory_), PasscodeState::kSpent) << content;
  }
}

TEST_F(PasscodeTest, HasFourDigitsAndIsKeptAsHashForThisUserOnly) {
  for (const char* digits : {"", "123", "12345", "12a4"})
    EXPECT_EQ(SetPasscode(directory_, AsBytes(digits)).error().code, ErrorCode::kFieldInvalid);
  struct stat status {};
  ASSERT_EQ(stat(file_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(ReadSmallFile(file_)->find("4071"), std::string::npos);
}

TEST_F(PasscodeTest, IsAskedForOnlyWhenItWasSet) {
  ASSERT_TRUE(ForgetPasscode(directory_).ok());
  EXPECT_EQ(LookAtPasscode(directory_), PasscodeState::kNone);
  EXPECT_TRUE(CheckPasscode(directory_, AsBytes("0000")).ok());
}

}  // namespace
}  // namespace madoguchi::identity
