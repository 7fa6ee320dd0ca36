// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/failure.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

namespace madoguchi::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const std::vector<std::string> kWords = {"madoguchi-admin", "account",    "unlock", "--secrets-fd", "3",
                                         "W0000001",        "--approval", "old"};

TEST(Failure, ExitStatusTellsRefusalUsageAndEnvironmentApart) {
  EXPECT_EQ(ExitStatus(Because(ErrorCode::kApprovalNeeded, "")), 1);
  EXPECT_EQ(ExitStatus(Because(ErrorCode::kSessionInvalid, "")), 1);
  EXPECT_EQ(ExitStatus(Usage("誤り", "wrong")), 2);
  EXPECT_EQ(ExitStatus(Because(ErrorCode::kServerUnreachable, "")), 3);
  EXPECT_EQ(ExitStatus(Because(ErrorCode::kConfigFilePermissions, "")), 3);
  EXPECT_EQ(ExitStatus(Because(ErrorCode::kDatabaseUnreachable, "")), 3);
}

TEST(Failure, TextNamesEveryFieldInBothLanguages) {
  Failure failure = Because(ErrorCode::kFieldInvalid, "internal detail");
  failure.problems.push_back({"founder", "全角で入力してください", "full width, please", false});
  const std::string text = FailureText(failure, kWords);
  EXPECT_THAT(text, HasSubstr("2107 (FIELD_INVALID)"));
  EXPECT_THAT(text, HasSubstr("founder: 全角で入力してください"));
  EXPECT_THAT(text, HasSubstr("full width, please"));
  EXPECT_THAT(text, Not(HasSubstr("internal detail")));
}

TEST(Failure, TextEscapesWhatTheServerSent) {
  Failure failure = Because(ErrorCode::kFieldInvalid, "");
  failure.problems.push_back({"na\x1Bme", "\x1B[2J", "\xE2\x80\xAE", false});
  EXPECT_THAT(FailureText(failure, kWords), Not(HasSubstr("\x1B")));
}

TEST(Failure, LockShowsACountdown) {
  Failure failure = Because(ErrorCode::kConsoleLogInLocked, "");
  failure.retry_after = std::chrono::minutes(12);
  EXPECT_THAT(FailureText(failure, kWords), HasSubstr("あと 12 分 0 秒 / 12 min 0 s"));
  EXPECT_EQ(json::parse(FailureJson(failure, kWords))["error"]["retry_after_ms"], 720'000);
}

TEST(Failure, NeededApprovalGivesBothPeopleTheirNextCommand) {
  Failure failure = Because(ErrorCode::kApprovalNeeded, "");
  failure.approval_id = "new-id";
  const std::string text = FailureText(failure, kWords);
  EXPECT_THAT(text, HasSubstr("madoguchi-admin approval approve new-id\n"));
  EXPECT_THAT(text, HasSubstr("madoguchi-admin account unlock W0000001 --approval new-id\n"));
  const json error = json::parse(FailureJson(failure, kWords))["error"];
  EXPECT_EQ(error["approval_id"], "new-id");
  EXPECT_EQ(error["repeat_command"].back(), "new-id");
}

TEST(Failure, JsonHasAnIntegerCode) {
  const json document = json::parse(FailureJson(Because(ErrorCode::kServerUnreachable, "gRPC 14: x"), kWords));
  EXPECT_EQ(document["ok"], false);
  EXPECT_EQ(document["error"]["code"], 2301);
  EXPECT_EQ(document["error"]["detail"], "gRPC 14: x");
}

}  // namespace
}  // namespace madoguchi::cli
