// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/account_commands.h"

#include <gtest/gtest.h>

#include "contract/files.h"
#include "terminal/agent/error_output.h"
#include "terminal/identity/passcode.h"
#include "tests/terminal/agent/desk_at_clinic.h"

namespace madoguchi::agent {
namespace {

using AccountCommands = DeskAtClinic;

TEST_F(AccountCommands, StatusGoesToTheServerOfTheActivation) {
  EXPECT_EQ(Run(StatusCommand, ""), kExitDone);
  EXPECT_EQ(said_["accounts"][0]["locked_ms"], 61'000);
  EXPECT_EQ(said_["passcode"], "none");
}

TEST_F(AccountCommands, LogInSendsTheAccountOfThisDeskUnlessAnotherIsNamed) {
  EXPECT_EQ(Run(LogInCommand, "password=correct horse\n"), kExitDone);
  EXPECT_EQ(server_.desk_account.log_ins.back().account_id(), "W0000001");
  EXPECT_EQ(server_.desk_account.log_ins.back().institution_code(), "0110000001");
  EXPECT_TRUE(server_.desk_account.log_ins.back().password() == "correct horse");
  options_.account_id = "W0000002";
  EXPECT_EQ(Run(LogInCommand, "password=correct horse\n"), kExitDone);
  EXPECT_EQ(server_.desk_account.log_ins.back().account_id(), "W0000002");
}

TEST_F(AccountCommands, LogInUsesTheInstitutionCodeTheAccountHasNowNotTheOneOfTheActivation) {
  server_.desk_account.accounts = {{"0110000009", "W0000001"}};  // the code was changed, and all accounts moved
  EXPECT_EQ(Run(LogInCommand, "password=x\n"), kExitDone) << said_;
  EXPECT_EQ(server_.desk_account.log_ins.back().institution_code(), "0110000009");
}

TEST_F(AccountCommands, LogInFindsTheAccountOfTheInstitutionCodeThatIsNamed) {
  server_.desk_account.accounts = {{"0110000001", "W0000001"}, {"0130000002", "W0000008"}};
  EXPECT_EQ(Run(LogInCommand, "password=x\n"), kExitDone) << said_;
  EXPECT_EQ(server_.desk_account.log_ins.back().account_id(), "W0000001");
  options_.institution_code = "0130000002";
  EXPECT_EQ(Run(LogInCommand, "password=x\n"), kExitDone) << said_;
  EXPECT_EQ(server_.desk_account.log_ins.back().account_id(), "W0000008");
}

TEST_F(AccountCommands, LogInGoesOnWithWhatIsStoredWhenTheServerGivesNoStatus) {
  server_.desk_account.status = {grpc::StatusCode::UNAVAILABLE, "busy"};
  EXPECT_EQ(Run(LogInCommand, "password=x\n"), kExitDone) << said_;
  EXPECT_EQ(server_.desk_account.log_ins.back().institution_code(), "0110000001");
  EXPECT_EQ(server_.desk_account.log_ins.back().account_id(), "W0000001");
}

TEST_F(AccountCommands, LogInTellsHowLongALockLastsAndNoSecret) {
  server_.desk_account.answer = identity::Refuse(ErrorCode::kLogInLocked, 1'500'000);
  EXPECT_EQ(Run(LogInCommand, "password=hunter2222222\n"), kExitRefused);
  EXPECT_EQ(said_["error"]["name"], "LOG_IN_LOCKED");
  EXPECT_EQ(said_["error"]["locked_ms"], 1'500'000);
  EXPECT_EQ((said_.dump() + logged_).find("hunter"), std::string::npos);
}

TEST_F(AccountCommands, LogInEndsASpentPasscode) {
  ASSERT_TRUE(WriteFileWhole(directory_ + "/passcode", "damaged", true).ok());
  ASSERT_EQ(identity::LookAtPasscode(directory_), identity::PasscodeState::kSpent);
  server_.desk_account.answer = identity::Refuse(ErrorCode::kLogInRefused);
  EXPECT_EQ(Run(LogInCommand, "password=x\n"), kExitRefused);
  EXPECT_EQ(identity::LookAtPasscode(directory_), identity::PasscodeState::kSpent);
  server_.desk_account.answer = grpc::Status::OK;
  EXPECT_EQ(Run(LogInCommand, "password=x\n"), kExitDone);
  EXPECT_EQ(identity::LookAtPasscode(directory_), identity::PasscodeState::kNone);
}

TEST_F(AccountCommands, DeregisterDestroysTheKeyOnlyAfterTheServersAnswer) {
  EXPECT_EQ(Run(DeregisterCommand, "password=x\n"), kExitRefused) << "nobody agreed";
  EXPECT_EQ(server_.desk_account.deregistered, 0);
  options_.yes = true;
  server_.desk_account.answer = identity::Refuse(ErrorCode::kLogInRefused);
  EXPECT_EQ(Run(DeregisterCommand, "password=x\n"), kExitRefused);
  EXPECT_TRUE(HasIdentity());
  server_.desk_account.answer = grpc::Status::OK;
  EXPECT_EQ(Run(DeregisterCommand, "password=x\n"), kExitDone);
  EXPECT_EQ(said_["national_told"], true);
  EXPECT_FALSE(HasIdentity());
}

TEST_F(AccountCommands, DeregisterOfOneAccountKeepsTheKeysForTheOthers) {
  options_.yes = true;
  options_.institution_code = "0110000001";
  server_.desk_account.accounts = {{"0130000002", "W0000008"}};
  EXPECT_EQ(Run(DeregisterCommand, "password=x\n"), kExitDone);
  EXPECT_EQ(said_["keys_destroyed"], false);
  server_.desk_account.status = {grpc::StatusCode::UNAVAILABLE, "Socket closed"};
  EXPECT_EQ(Run(DeregisterCommand, "password=x\n"), kExitDone);
  EXPECT_TRUE(HasIdentity()) << "nobody said that there are no others";
  server_.desk_account.status = identity::Refuse(ErrorCode::kCertificateNotAccepted);
  EXPECT_EQ(Run(DeregisterCommand, "password=x\n"), kExitDone);
  EXPECT_EQ(said_["keys_destroyed"], true);
  EXPECT_FALSE(HasIdentity());
}

TEST_F(AccountCommands, DeregisterWithoutTheServerNeedsToBeToldSo) {
  options_.yes = true;
  options_.server = "127.0.0.1:1";
  EXPECT_EQ(Run(DeregisterCommand, "password=x\n"), kExitEnvironment);
  EXPECT_TRUE(HasIdentity());
  options_.local_only = true;
  EXPECT_EQ(Run(DeregisterCommand, ""), kExitDone);
  EXPECT_EQ(said_["server_told"], false);
  EXPECT_FALSE(HasIdentity());
}

TEST_F(AccountCommands, RenewUsesTheNewCertificateAtOnce) {
  EXPECT_EQ(Run(RenewCommand, ""), kExitDone);
  EXPECT_EQ(server_.desk_account.certificates_seen.size(), 1U);
  EXPECT_FALSE(identity::FindIdentity(directory_)->renewed);
}

TEST_F(AccountCommands, LateRenewShowsTheFingerprintToReadAloud) {
  options_.late = true;
  server_.enrolment.renew_late = identity::Refuse(ErrorCode::kRenewalNotApproved);
  EXPECT_NE(Run(RenewCommand, ""), kExitDone);
  EXPECT_EQ(said_["error"]["name"], "RENEWAL_NOT_APPROVED");
  EXPECT_EQ(said_["fingerprint"].get<std::string>().size(), 64U + 15U);
}

}  // namespace
}  // namespace madoguchi::agent
