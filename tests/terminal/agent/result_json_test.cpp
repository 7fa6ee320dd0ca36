// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/result_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "madoguchi/v1/result.pb.h"

namespace madoguchi::agent {
namespace {

nlohmann::json Shown(const v1::EligibilityAnswer& answer) {
  Checked checked;
  checked.answer.answer = std::make_shared<const v1::EligibilityAnswer>(answer);
  checked.answer.facts = {40'000, 10, 1};
  checked.welcome.desk_id = "desk";
  checked.welcome.account_id = "W0000001";
  checked.welcome.institution_code = "0110000001";
  checked.welcome.server_version = "0.1.0";
  checked.welcome.protocol = 1;
  checked.press_id = Bytes(16, 0xAB);
  checked.apdus = 8;
  checked.card = std::chrono::microseconds(2'000);
  checked.total = std::chrono::microseconds(50'000);
  return nlohmann::json::parse(ResultJson(checked));
}

TEST(ResultJson, PutsTheFactsOfTheCheckAndEveryReceivedFieldUnderItsProtoName) {
  v1::EligibilityAnswer answer;
  answer.set_confirmation_date("2026-11-22");
  answer.set_validity_code("1");
  answer.set_validity("有効");
  v1::QualificationResult& result = *answer.add_results();
  result.set_insurer_number("  123456");
  result.set_branch("02");
  result.add_medical_tickets()->set_ticket_type_code("01");
  const nlohmann::json json = Shown(answer);
  EXPECT_EQ(json["ok"], true);
  const auto& check = json["check"];
  EXPECT_EQ(check["method"], "pin");
  EXPECT_EQ(check["desk"], "desk");
  EXPECT_EQ(check["account_id"], "W0000001");
  EXPECT_EQ(check["institution_code"], "0110000001");
  EXPECT_EQ(check["press_id"], "abababab-abab-abab-abab-abababababab");
  EXPECT_EQ(check["card_trips_after_press"], 1);
  EXPECT_EQ(check["apdus"], 8);
  EXPECT_EQ(check["validity"], "有効");
  EXPECT_EQ(check["results"][0]["insurer_number"], "  123456") << "as received";
  EXPECT_EQ(check["results"][0]["branch"], "02");
  EXPECT_EQ(check["results"][0]["medical_tickets"][0]["ticket_type_code"], "01");
  EXPECT_FALSE(check["results"][0].contains("symbol")) << "absent fields are left out";
  EXPECT_EQ(json["versions"]["protocol"], 1);
}

TEST(ResultJson, SplitsTheTimeSoThatThePhasesAddUp) {
  const auto phases = Shown({})["check"]["phases_us"];
  EXPECT_EQ(phases["card"], 2'000);
  EXPECT_EQ(phases["national"], 40'000);
  EXPECT_EQ(phases["server"], 8'000);
  EXPECT_EQ(phases["total"], 50'000);
}

TEST(ResultJson, HasAnEmptyListWhenNobodyWasFound) {
  const nlohmann::json json = Shown({});
  EXPECT_TRUE(json["check"]["results"].is_array());
  EXPECT_TRUE(json["check"]["results"].empty());
}

}  // namespace
}  // namespace madoguchi::agent
