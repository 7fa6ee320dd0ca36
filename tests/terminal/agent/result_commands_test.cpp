// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/result_commands.h"

#include "terminal/agent/error_output.h"
#include "terminal/identity/passcode.h"
#include "tests/terminal/agent/desk_at_clinic.h"

namespace madoguchi::agent {
namespace {

class ResultCommands : public DeskAtClinic {
 protected:
  void SetUp() override {
    DeskAtClinic::SetUp();
    options_.press_id = "abababab-abab-abab-abab-abababababab";
  }
};

TEST_F(ResultCommands, ConfirmThePersonOfANamedPress) {
  options_.same_person = true;
  EXPECT_EQ(Run(ConfirmCommand, ""), kExitDone);
  EXPECT_EQ(server_.desk_check.confirmed.at(0).press_id(), std::string(16, '\xAB'));
  EXPECT_TRUE(server_.desk_check.confirmed.at(0).same_person());
  server_.desk_check.answer = identity::Refuse(ErrorCode::kPersonNotConfirmed);
  EXPECT_EQ(Run(ConfirmCommand, ""), kExitRefused);
  EXPECT_EQ(said_["error"]["name"], "PERSON_NOT_CONFIRMED");
}

TEST_F(ResultCommands, AskNoServerAboutAPressWhoseNameIsNone) {
  options_.press_id = "abab";
  EXPECT_EQ(Run(ConfirmCommand, ""), kExitRefused);
  EXPECT_EQ(said_["error"]["detail"], "--press");
  EXPECT_TRUE(server_.desk_check.confirmed.empty());
}

TEST_F(ResultCommands, ShowAResultAgainWithTheTimeThatIsLeft) {
  server_.desk_check.kept.set_press_id(std::string(16, '\xAB'));
  server_.desk_check.kept.set_seconds_left(80);
  server_.desk_check.kept.mutable_answer()->set_validity_code("1");
  EXPECT_EQ(Run(ShowAgainCommand, ""), kExitDone);
  EXPECT_EQ(said_["seconds_left"], 80);
  EXPECT_EQ(said_["check"]["validity_code"], "1");
  server_.desk_check.answer = identity::Refuse(ErrorCode::kShowAgainOff);
  EXPECT_EQ(Run(ShowAgainCommand, ""), kExitRefused);
  EXPECT_EQ(said_["error"]["code"], 1415);
}

TEST_F(ResultCommands, CountResultsFromOneForPeople) {
  options_.result = 2;
  EXPECT_EQ(Run(ProposeNameCommand, "name=高田　一郎\n"), kExitDone);
  EXPECT_EQ(server_.desk_check.proposed.at(0).result(), 1U);
  EXPECT_TRUE(server_.desk_check.proposed.at(0).name() == "高田　一郎");
  EXPECT_EQ(Run(ConfirmNameCommand, ""), kExitDone);
  EXPECT_TRUE(server_.desk_check.names_confirmed.at(0).name().empty()) << "as the result showed it";
  EXPECT_EQ(Run(ProposeNameCommand, ""), kExitRefused);
  EXPECT_EQ(said_["error"]["detail"], "name");
  options_.remove = true;
  EXPECT_EQ(Run(ProposeNameCommand, ""), kExitDone);
  EXPECT_TRUE(server_.desk_check.proposed.at(1).remove());
}

TEST_F(ResultCommands, AskForThePasscodeFirst) {
  ASSERT_TRUE(identity::SetPasscode(options_.directory, AsBytes("4071")).ok());
  options_.same_person = true;
  EXPECT_EQ(Run(ConfirmCommand, "passcode=1111\n"), kExitRefused);
  EXPECT_TRUE(server_.desk_check.confirmed.empty());
  EXPECT_EQ(Run(ConfirmCommand, "passcode=4071\n"), kExitDone);
}

}  // namespace
}  // namespace madoguchi::agent
