// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/error_output.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace madoguchi::agent {
namespace {

TEST(ErrorOutput, TellsProgramsEverythingTheCatalogueKnowsAndTheTriesLeft) {
  const auto json = nlohmann::json::parse(ErrorJson({ErrorCode::kPinWrong, "detail for the log", 2}));
  EXPECT_EQ(json["ok"], false);
  const auto& error = json["error"];
  EXPECT_EQ(error["code"], 1211);
  EXPECT_EQ(error["name"], "PIN_WRONG");
  EXPECT_EQ(error["tries_left"], 2);
  for (const char* text : {"what_ja", "what_en", "desk_action_ja", "desk_action_en", "admin_action_ja",
                           "admin_action_en", "call_ja", "call_en"}) {
    EXPECT_TRUE(error[text].is_string()) << text;
  }
  EXPECT_FALSE(error.contains("detail"));
}

TEST(ErrorOutput, LeavesTheTriesOutWhereThereAreNone) {
  EXPECT_FALSE(nlohmann::json::parse(ErrorJson({ErrorCode::kPinDisabled, "", {}}))["error"].contains("tries_left"));
}

TEST(ErrorOutput, ShowsPeopleTheCodeTheTriesAndNoDetail) {
  const std::string text = ErrorText({ErrorCode::kPinWrong, "detail for the log", 2});
  EXPECT_NE(text.find("1211"), std::string::npos);
  EXPECT_NE(text.find("あと 2 回"), std::string::npos);
  EXPECT_EQ(text.find("detail for the log"), std::string::npos);
}

TEST(ErrorOutput, NamesTheReadersOfTwoCards) {
  EXPECT_NE(ErrorText({ErrorCode::kSeveralCards, "Left 00 | Right 01", {}}).find("Right 01"), std::string::npos);
}

TEST(ErrorOutput, TellsARefusalFromABrokenEnvironmentByItsExitStatus) {
  for (const ErrorCode code :
       {ErrorCode::kPinWrong, ErrorCode::kCardNotPresent, ErrorCode::kNationalUnavailable, ErrorCode::kServerBusy}) {
    EXPECT_EQ(ExitStatus(code), kExitRefused);
  }
  for (const ErrorCode code : {ErrorCode::kNoReader, ErrorCode::kPcscServiceUnavailable, ErrorCode::kServerUnreachable,
                               ErrorCode::kDeskIdentityMissing, ErrorCode::kSecondAgent}) {
    EXPECT_EQ(ExitStatus(code), kExitEnvironment);
  }
}

}  // namespace
}  // namespace madoguchi::agent
