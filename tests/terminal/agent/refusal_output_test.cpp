// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/refusal_output.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace madoguchi::agent {
namespace {

using std::chrono::milliseconds;

const Error kLocked{ErrorCode::kLogInLocked, "", {}};

TEST(RefusalOutput, TellsHowLongALockLasts) {
  const identity::CallRefusal refusal{true, milliseconds(1'799'001), {}};
  const auto json = nlohmann::json::parse(RefusalJson(kLocked, refusal));
  EXPECT_EQ(json["error"]["code"], 1503);
  EXPECT_EQ(json["error"]["locked_ms"], 1'799'001);
  EXPECT_NE(RefusalText(kLocked, refusal).find("30:00"), std::string::npos);
}

TEST(RefusalOutput, NamesTheFields) {
  const identity::CallRefusal refusal{true, milliseconds(0), {{"new_password", "短すぎます", "too short"}}};
  const Error weak{ErrorCode::kPasswordTooWeak, "", {}};
  const auto json = nlohmann::json::parse(RefusalJson(weak, refusal));
  EXPECT_EQ(json["error"]["fields"][0]["field"], "new_password");
  EXPECT_FALSE(json["error"].contains("locked_ms"));
  EXPECT_NE(RefusalText(weak, refusal).find("短すぎます"), std::string::npos);
}

TEST(RefusalOutput, RoundsTheTimeUp) {
  EXPECT_EQ(MinutesAndSeconds(milliseconds(0)), "0:00");
  EXPECT_EQ(MinutesAndSeconds(milliseconds(1)), "0:01");
  EXPECT_EQ(MinutesAndSeconds(milliseconds(59'001)), "1:00");
  EXPECT_EQ(MinutesAndSeconds(milliseconds(1'800'000)), "30:00");
}

}  // namespace
}  // namespace madoguchi::agent
