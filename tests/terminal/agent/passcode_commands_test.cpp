// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/passcode_commands.h"

#include <gtest/gtest.h>

#include "terminal/agent/error_output.h"
#include "terminal/identity/passcode.h"
#include "tests/terminal/agent/desk_at_clinic.h"

namespace madoguchi::agent {
namespace {

class PasscodeCommands : public DeskAtClinic {
 protected:
  std::optional<ErrorCode> Ask(std::string_view secrets) {
    const Pipe pipe(secrets);
    Entry entry = Entry::Open(pipe.descriptor()).value();
    const Result<void> in = AskPasscode(options_, entry);
    return in ? std::nullopt : std::optional(in.error().code);
  }
};

TEST_F(PasscodeCommands, NothingIsAskedWhenNoneIsSet) {
  EXPECT_EQ(Ask(""), std::nullopt);
}

TEST_F(PasscodeCommands, FiveWrongOnesLogTheDeskOutAtTheServer) {
  EXPECT_EQ(Run(SetPasscodeCommand, "new_passcode=4071\nnew_passcode_again=4071\n"), kExitDone);
  EXPECT_EQ(Ask("passcode=4071\n"), std::nullopt);
  for (int i = 1; i < identity::kPasscodeTries; ++i) EXPECT_EQ(Ask("passcode=1111\n"), ErrorCode::kPasscodeWrong);
  EXPECT_EQ(server_.desk_account.log_outs, 0);
  EXPECT_EQ(Ask("passcode=1111\n"), ErrorCode::kPasscodeSpent);
  EXPECT_EQ(server_.desk_account.log_outs, 1);
  EXPECT_EQ(Ask("passcode=4071\n"), ErrorCode::kPasscodeSpent);
}

TEST_F(PasscodeCommands, AForgottenOneIsReplacedByWhoKnowsThePassword) {
  EXPECT_EQ(Run(SetPasscodeCommand, "new_passcode=4071\nnew_passcode_again=4072\n"), kExitRefused);
  EXPECT_EQ(said_["error"]["name"], "PASSWORDS_DIFFER");
  EXPECT_EQ(Run(SetPasscodeCommand, "new_passcode=4071\nnew_passcode_again=4071\n"), kExitDone);
  EXPECT_TRUE(server_.desk_account.log_ins.empty());
  server_.desk_account.answer = identity::Refuse(ErrorCode::kLogInRefused);
  EXPECT_EQ(Run(SetPasscodeCommand, "password=x\nnew_passcode=5555\nnew_passcode_again=5555\n"), kExitRefused);
  EXPECT_EQ(Ask("passcode=4071\n"), std::nullopt);
  server_.desk_account.answer = grpc::Status::OK;
  EXPECT_EQ(Run(SetPasscodeCommand, "password=x\nnew_passcode=5555\nnew_passcode_again=5555\n"), kExitDone);
  EXPECT_EQ(Ask("passcode=5555\n"), std::nullopt);
}

TEST_F(PasscodeCommands, ChangingItNeedsTheOldOne) {
  EXPECT_EQ(Run(SetPasscodeCommand, "new_passcode=4071\nnew_passcode_again=4071\n"), kExitDone);
  EXPECT_EQ(Run(ChangePasscodeCommand, "passcode=1\nnew_passcode=5555\nnew_passcode_again=5555\n"), kExitRefused);
  EXPECT_EQ(Run(ChangePasscodeCommand, "passcode=4071\nnew_passcode=5555\nnew_passcode_again=5555\n"), kExitDone);
  EXPECT_EQ(Ask("passcode=5555\n"), std::nullopt);
}

}  // namespace
}  // namespace madoguchi::agent
