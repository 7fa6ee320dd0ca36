// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/activate_command.h"

#include <gtest/gtest.h>

#include "contract/enrolment_link.h"
#include "contract/files.h"
#include "terminal/agent/error_output.h"
#include "tests/terminal/agent/desk_at_clinic.h"

namespace madoguchi::agent {
namespace {

class ActivateCommandTest : public DeskAtClinic {
 protected:
  void SetUp() override {
    options_.json = true;
    options_.directory = directory_;
  }
  std::string Link(const std::string& server) const {
    return FormatEnrolmentLink({server, facility_.root_sha256(), std::string(64, 'a')}).value();
  }
  int ActivateByLink(const std::string& server) {
    const Pipe link(Link(server));
    options_.link_fd = link.descriptor();
    return Run(ActivateCommand, "");
  }
  static constexpr std::string_view kFields =
      "institution_code=0110000001\naccount_id=W0000001\npassword=secret-pw\nactivation_code=123456789012\n";
};

TEST_F(ActivateCommandTest, ByLinkNeedsNothingElse) {
  EXPECT_EQ(ActivateByLink(server_.enrolment_address()), kExitDone) << said_.dump();
  EXPECT_EQ(said_["account_id"], "W0000001");
  EXPECT_TRUE(HasIdentity());
  EXPECT_TRUE(server_.enrolment.begun.at(0).token() == std::string(64, 'a'));
  EXPECT_EQ((said_.dump() + logged_).find(std::string(64, 'a')), std::string::npos);
}

TEST_F(ActivateCommandTest, ByAFileThatHoldsTheLink) {
  options_.qr_file = folder_.File("link.txt");
  ASSERT_TRUE(WriteFileWhole(options_.qr_file, Link(server_.enrolment_address()) + "\n", true).ok());
  EXPECT_EQ(Run(ActivateCommand, ""), kExitDone) << said_.dump();
}

TEST_F(ActivateCommandTest, TellsAServerOfAnotherRootNothingAtAll) {
  const identity::TestFacility other;
  identity::RecordingServer impostor(other.Server(), {other.root()});
  EXPECT_EQ(ActivateByLink(impostor.address()), kExitEnvironment);
  EXPECT_EQ(said_["error"]["name"], "SERVER_NOT_TRUSTED");
  impostor.AwaitEnded(1);
  options_.link_fd = -1;
  options_.connection_code = FormatConnectionCode(impostor.address(), facility_.root_sha256()).value();
  EXPECT_EQ(Run(ActivateCommand, kFields), kExitEnvironment);
  impostor.AwaitEnded(2);
  EXPECT_EQ(impostor.application_bytes(), 0U);
  EXPECT_FALSE(HasIdentity());
}

TEST_F(ActivateCommandTest, ByTheFourFieldsAndAConnectionCode) {
  options_.connection_code = FormatConnectionCode(server_.enrolment_address(), facility_.root_sha256()).value();
  options_.desk_name = "2番窓口";
  EXPECT_EQ(Run(ActivateCommand, kFields), kExitDone) << said_.dump();
  EXPECT_EQ(server_.enrolment.begun.at(0).desk_name(), "2番窓口");
  EXPECT_TRUE(server_.enrolment.begun.at(0).sheet().activation_code() == "123456789012");
}

TEST_F(ActivateCommandTest, ByASheetAndTheRootThatWasBroughtAlong) {
  options_.root_file = folder_.File("facility-ca.pem");
  options_.server = server_.enrolment_address();
  options_.sheet_file = folder_.File("sheet.csv");
  ASSERT_TRUE(WriteFileWhole(options_.root_file, facility_.root_pem(), false).ok());
  ASSERT_TRUE(
      WriteFileWhole(options_.sheet_file,
                     "機関コード,ID,パスワード,アクティベーションコード\n0110000001,W0000001,Abcd1234,1234-5678-9012\n"
                     "0110000001,W0000002,Abcd1235,1234-5678-9013\n",
                     true)
          .ok());
  EXPECT_EQ(Run(ActivateCommand, ""), kExitRefused) << "two accounts, none named";
  options_.account_id = "W0000002";
  EXPECT_EQ(Run(ActivateCommand, ""), kExitDone) << said_.dump();
  EXPECT_EQ(server_.enrolment.begun.at(0).sheet().account_id(), "W0000002");
}

TEST_F(ActivateCommandTest, WithoutAnyRootTheFieldsAreNotEvenRead) {
  EXPECT_EQ(Run(ActivateCommand, kFields), kExitEnvironment);
  EXPECT_EQ(said_["error"]["name"], "FACILITY_ROOT_MISSING");
}

TEST_F(ActivateCommandTest, AddsAnAccountToAnActiveDeskByLinkOrByTheFourFields) {
  DeskAtClinic::SetUp();
  options_.add_account = true;
  EXPECT_EQ(ActivateByLink(server_.enrolment_address()), kExitDone) << said_.dump();
  EXPECT_TRUE(HasIdentity());
  options_.link_fd = -1;
  EXPECT_EQ(Run(ActivateCommand, kFields), kExitDone) << said_.dump();
  EXPECT_TRUE(server_.enrolment.begun.at(1).sheet().activation_code() == "123456789012");
}

TEST_F(ActivateCommandTest, AddsNothingByALinkThatNamesAnotherRootAndDoesNotEvenConnect) {
  DeskAtClinic::SetUp();
  options_.add_account = true;
  const identity::TestFacility other;
  const Pipe link(
      FormatEnrolmentLink({server_.enrolment_address(), other.root_sha256(), std::string(64, 'a')}).value());
  options_.link_fd = link.descriptor();
  EXPECT_EQ(Run(ActivateCommand, ""), kExitEnvironment);
  EXPECT_EQ(said_["error"]["name"], "SERVER_NOT_TRUSTED");
  EXPECT_TRUE(server_.enrolment.begun.empty());
}

TEST_F(ActivateCommandTest, AddsNothingWhereThereIsNoIdentity) {
  options_.add_account = true;
  EXPECT_EQ(ActivateByLink(server_.enrolment_address()), kExitEnvironment);
  EXPECT_EQ(said_["error"]["name"], "DESK_IDENTITY_MISSING");
}

TEST_F(ActivateCommandTest, OverwritesNoIdentity) {
  DeskAtClinic::SetUp();
  EXPECT_EQ(ActivateByLink(server_.enrolment_address()), kExitEnvironment);
  EXPECT_EQ(said_["error"]["name"], "IDENTITY_EXISTS");
  EXPECT_TRUE(server_.enrolment.begun.empty());
}

}  // namespace
}  // namespace madoguchi::agent
