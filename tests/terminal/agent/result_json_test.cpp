// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/result_json.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "madoguchi/v1/result.pb.h"

namespace madoguchi::agent {
namespace {

Checked Answered(const v1::EligibilityAnswer& answer) {
  Checked checked;
  checked.answer.answer = std::make_shared<const v1::EligibilityAnswer>(answer);
  checked.answer.facts = {40'000, 3'000, 1, 1'000, 500, 200};
  checked.welcome.desk_id = "desk";
  checked.welcome.account_id = "W0000001";
  checked.welcome.institution_code = "0110000001";
  checked.welcome.server_version = "0.1.0";
  checked.welcome.protocol = 1;
  checked.press_id = Bytes(16, 0xAB);
  checked.card = {.apdus = 8,
                  .on_card = std::chrono::microseconds(2'000),
                  .in_scripts = std::chrono::microseconds(2'300),
                  .detect_us = 150'000,
                  .steps = {{"proof", "sign", 1'800, 1}}};
  checked.total = std::chrono::microseconds(50'000);
  return checked;
}

nlohmann::json Shown(const v1::EligibilityAnswer& answer) {
  return nlohmann::json::parse(ResultJson(Answered(answer)));
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
  const auto check = Shown({})["check"];
  const auto& phases = check["phases_us"];
  EXPECT_EQ(phases["detect"], 150'000) << "before the press";
  EXPECT_EQ(phases["card"], 2'000);
  EXPECT_EQ(phases["desk"], 300);
  EXPECT_EQ(phases["national"], 40'000);
  EXPECT_EQ(phases["database"], 1'000);
  EXPECT_EQ(phases["server"], 3'000);
  EXPECT_EQ(phases["link"], 3'700);
  EXPECT_EQ(phases["total"], 50'000);
  EXPECT_EQ(check["card_steps"][0]["step"], "sign");
  EXPECT_EQ(check["card_steps"][0]["us"], 1'800);
}

TEST(ResultJson, TellsWhatWasStatedAndWhereTheResultGoesAndNothingThatWasTyped) {
  Checked checked = Answered({});
  checked.method = link::Method::kSight;
  checked.attestation = {link::Presenter::kGuardian, link::PhotoCheck::kCompared};
  checked.answer.birthdate_differs = true;
  checked.answer.handoff = {"oqs_folder", "pull"};
  const auto check = nlohmann::json::parse(ResultJson(checked))["check"];
  EXPECT_EQ(check["method"], "sight");
  EXPECT_EQ(check["attestation"], (nlohmann::json{{"presenter", "guardian"}, {"photo", "compared"}}));
  EXPECT_EQ(check["birthdate_differs"], true);
  EXPECT_EQ(check["handoff"], (nlohmann::json{"oqs_folder", "pull"}));
  EXPECT_EQ(check["handoff_not_kept"], false);
  EXPECT_FALSE(check.contains("patient_number"));
  EXPECT_FALSE(Shown({})["check"].contains("attestation")) << "nothing was stated";
}

TEST(ResultJson, KeepsNotesWarningsAndTheEchoUnderTheirProtoNames) {
  v1::EligibilityAnswer answer;
  answer.add_number_warnings("branch_width");
  answer.mutable_search_info()->set_branch("01");
  answer.set_card_certificate_days_left(41);
  v1::NameNotes& notes = *answer.add_results()->mutable_name_notes();
  notes.add_unresolved(2);
  notes.add_outside_jis_x_0208("髙");
  notes.set_claim_safe_name("高田");
  const auto check = Shown(answer)["check"];
  EXPECT_EQ(check["number_warnings"][0], "branch_width");
  EXPECT_EQ(check["search_info"]["branch"], "01");
  EXPECT_EQ(check["card_certificate_days_left"], 41);
  EXPECT_EQ(check["results"][0]["name_notes"]["unresolved"][0], 2);
  EXPECT_EQ(check["results"][0]["name_notes"]["claim_safe_name"], "高田");
}

TEST(ResultJson, ShowsAgainWithTheSameNames) {
  v1::EligibilityAnswer answer;
  answer.set_validity_code("1");
  const auto json = nlohmann::json::parse(ShownAgainJson(Bytes(16, 0xAB), answer, std::chrono::seconds(90)));
  EXPECT_EQ(json["check"]["press_id"], "abababab-abab-abab-abab-abababababab");
  EXPECT_EQ(json["check"]["validity_code"], "1");
  EXPECT_TRUE(json["check"]["results"].empty());
  EXPECT_EQ(json["seconds_left"], 90);
}

TEST(ResultJson, HasAnEmptyListWhenNobodyWasFound) {
  const nlohmann::json json = Shown({});
  EXPECT_TRUE(json["check"]["results"].is_array());
  EXPECT_TRUE(json["check"]["results"].empty());
}

}  // namespace
}  // namespace madoguchi::agent
