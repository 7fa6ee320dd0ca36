// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/status_output.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace madoguchi::agent {
namespace {

identity::DeskStatus SomeStatus() {
  identity::DeskStatus status;
  status.desk_name = "1番窓口";
  status.accounts.push_back({"W0000001", "0110000001", "架空診療所", true, false, std::chrono::seconds(90)});
  status.operator_needed = true;
  status.certificate_expires_at = "2027-02-20T00:00:00Z";
  return status;
}

TEST(StatusOutput, IsCompleteAsJson) {
  const auto json = nlohmann::json::parse(StatusJson(SomeStatus(), identity::PasscodeState::kSet));
  EXPECT_EQ(json["accounts"][0]["account_id"], "W0000001");
  EXPECT_EQ(json["accounts"][0]["locked_ms"], 90'000);
  EXPECT_EQ(json["accounts"][0]["logged_in"], false);
  EXPECT_EQ(json["operator_needed"], true);
  EXPECT_FALSE(json.contains("operator_code"));
  EXPECT_EQ(json["passcode"], "set");
}

TEST(StatusOutput, TellsAPersonWhatIsMissing) {
  const std::string text = StatusText(SomeStatus(), identity::PasscodeState::kSpent);
  for (const char* part : {"1番窓口", "W0000001", "ログアウト", "1:30", "サインインが必要です", "ログインが必要"})
    EXPECT_NE(text.find(part), std::string::npos) << part;
}

TEST(StatusOutput, SaysWhichOfSeveralAccountsACheckUses) {
  identity::DeskStatus status = SomeStatus();
  status.accounts.push_back({"W0000008", "0130000002", "架空歯科", true, true, std::chrono::seconds(0)});
  status.accounts.push_back({"W0000009", "0130000003", "架空医院", true, true, std::chrono::seconds(0)});
  const auto json = nlohmann::json::parse(StatusJson(status, identity::PasscodeState::kNone));
  EXPECT_EQ(json["preferred_institution_code"], "0130000002") << "the first one is not logged in";
  EXPECT_NE(StatusText(status, identity::PasscodeState::kNone).find("account of a check: W0000008 (0130000002)"),
            std::string::npos);
  EXPECT_FALSE(nlohmann::json::parse(StatusJson(SomeStatus(), identity::PasscodeState::kNone))
                   .contains("preferred_institution_code"));
}

}  // namespace
}  // namespace madoguchi::agent
