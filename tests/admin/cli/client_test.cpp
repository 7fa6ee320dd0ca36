// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/client.h"

#include <gmock/gmock.h>

#include "admin/cli/session_file.h"
#include "tests/admin/cli/console_end.h"

namespace madoguchi::cli {
namespace {

using WhoAmI = v1::SessionService::Stub;

class ClientTest : public testing::Test {
 protected:
  Done Ask(const Settings& settings) {
    v1::WhoAmIResponse answer;
    return Client(settings).Call(&WhoAmI::WhoAmI, {}, answer);
  }
  ConsoleEnd console_;
  Settings settings_ = console_.settings();
};

TEST_F(ClientTest, SendsTheTokenToTheServerThatGaveIt) {
  ASSERT_TRUE(KeepSession(settings_.session_file, {settings_.server, "", std::string(64, 'c')}).ok());
  EXPECT_FALSE(Ask(settings_));
  EXPECT_EQ(console_.sessions.token_with_who_am_i, std::string(64, 'c'));
  ASSERT_TRUE(KeepSession(settings_.session_file, {"elsewhere:1", "", std::string(64, 'd')}).ok());
  EXPECT_FALSE(Ask(settings_));
  EXPECT_EQ(console_.sessions.token_with_who_am_i, "");
}

TEST_F(ClientTest, ServerThatIsNotThereIsUnreachable) {
  settings_.server = "localhost:1";
  const Done failed = Ask(settings_);
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->error.code, ErrorCode::kServerUnreachable);
  EXPECT_EQ(ExitStatus(*failed), kExitEnvironment);
}

TEST_F(ClientTest, ServerOfAnotherFacilityIsNotTrusted) {
  const ConsoleEnd other;
  settings_.console_directory = other.settings().console_directory;
  const Done failed = Ask(settings_);
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->error.code, ErrorCode::kServerNotTrusted);
}

TEST_F(ClientTest, ConsoleFolderThatIsNotThereIsNamed) {
  settings_.console_directory = "/nowhere";
  const Done failed = Ask(settings_);
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->error.code, ErrorCode::kConfigFileUnreadable);
  EXPECT_THAT(FailureText(*failed, {"madoguchi-admin"}), testing::HasSubstr("madoguchi-server add-console"));
}

TEST_F(ClientTest, RefusalCarriesItsFieldsItsWaitAndItsApproval) {
  v1::CallRefusal refusal;
  refusal.set_code(static_cast<int>(ErrorCode::kFieldInvalid));
  refusal.set_retry_after_ms(1500);
  refusal.set_approval_id("a");
  for (int i = 0; i < 150; ++i) refusal.add_problems()->set_field("founder");
  const Done failed = Client::FromStatus(Refusal(grpc::StatusCode::INVALID_ARGUMENT, refusal));
  ASSERT_TRUE(failed);
  EXPECT_EQ(failed->error.code, ErrorCode::kFieldInvalid);
  EXPECT_EQ(failed->problems.size(), 100u);
  EXPECT_EQ(failed->problems.front().field, "founder");
  EXPECT_EQ(failed->retry_after, std::chrono::milliseconds(1500));
  EXPECT_EQ(failed->approval_id, "a");
}

TEST_F(ClientTest, AnswerThatDidNotComeIsNotTakenForARefusal) {
  for (const grpc::Status& status :
       {grpc::Status(grpc::StatusCode::DEADLINE_EXCEEDED, "Deadline Exceeded"),
        grpc::Status(grpc::StatusCode::UNAVAILABLE, "Socket closed"), grpc::Status(grpc::StatusCode::UNKNOWN, "?")}) {
    const Done failed = Client::FromStatus(status);
    ASSERT_TRUE(failed);
    EXPECT_EQ(failed->error.code, ErrorCode::kAnswerLost);
    EXPECT_EQ(Describe(failed->error.code).kind, ErrorKind::kOutcomeUnknown);
    const std::string text = FailureText(*failed, {"madoguchi-admin"});
    EXPECT_THAT(text, testing::HasSubstr("look with list or show whether it happened"));
    EXPECT_THAT(text, testing::Not(testing::HasSubstr("照会")));  // nobody made a check
  }
  EXPECT_EQ(Client::FromStatus({grpc::StatusCode::UNIMPLEMENTED, ""})->error.code,
            ErrorCode::kProtocolVersionUnsupported);
  EXPECT_EQ(Client::FromStatus({grpc::StatusCode::RESOURCE_EXHAUSTED, ""})->error.code, ErrorCode::kServerBusy);
}

}  // namespace
}  // namespace madoguchi::cli
