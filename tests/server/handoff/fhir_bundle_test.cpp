// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/fhir_bundle.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "server/handoff/fhir_parts.h"
#include "tests/server/handoff/any_handing.h"
#include "tests/server/handoff/read_bundle.h"

namespace madoguchi::handoff::test {
namespace {

using eligibility::QualificationResult;
using fhir::IsText;

constexpr unsigned kSeeds = 200;

// What our extension of this name holds, by name: as received again.
std::map<std::string, std::string> ReceivedIn(const Json& extension) {
  std::map<std::string, std::string> received;
  for (const Json& field : extension["extension"]) {
    std::string text;
    if (field.contains("valueCoding")) {
      const Json& coding = field["valueCoding"];
      text = coding.contains("code") ? coding["code"] : coding["_code"]["extension"][0]["valueString"];
    } else if (field.contains("valueDate") || field.contains("valueDateTime")) {
      text = field.contains("valueDate") ? field["valueDate"] : field["valueDateTime"];
      text = text.substr(0, text.find('+'));
      std::erase_if(text, [](char c) { return c == '-' || c == ':' || c == 'T'; });
    } else {
      text = field["valueString"];
    }
    received[field["url"]] = text;
  }
  return received;
}

std::map<std::string, std::string> Expected(const std::vector<Field>& fields) {
  std::map<std::string, std::string> expected;
  for (const Field& field : fields) {
    if (IsText(field.received)) expected[std::string(field.name)] = field.received;
  }
  return expected;
}

std::vector<Json> Extensions(const Json& resource, const std::string& name) {
  std::vector<Json> found;
  for (const Json& extension : resource.value("extension", Json::array())) {
    if (extension["url"] == fhir::kLocal + name) found.push_back(extension);
  }
  return found;
}

template <class Part>
void ExpectReceived(const Json& resource, const std::string& name, const std::vector<Part>& parts) {
  std::vector<std::map<std::string, std::string>> expected, received;
  for (const Part& part : parts) {
    if (auto fields = Expected(FieldsOf(part)); !fields.empty()) expected.push_back(std::move(fields));
  }
  for (const Json& extension : Extensions(resource, name)) received.push_back(ReceivedIn(extension));
  EXPECT_TRUE(expected == received) << name;
}

template <class Part>
std::vector<Part> Listed(const std::optional<Part>& part) {
  return part ? std::vector<Part>{*part} : std::vector<Part>();
}

// Every string at the end of a branch, but ids, URLs and the words of FHIR itself.
void Leaves(const Json& json, std::set<std::string>& leaves) {
  static const std::set<std::string> kNotValues = {
      "resourceType", "id",   "fullUrl", "url", "system", "reference", "profile",  "status",   "outcome",
      "purpose",      "type", "gender",  "use", "unit",   "display",   "currency", "valueCode"};
  for (const auto& [key, value] : json.items()) {
    if (json.is_object() && kNotValues.contains(key) && !value.is_object()) continue;
    if (value.is_string()) {
      leaves.insert(value.get<std::string>());
    } else if (value.is_structured()) {
      Leaves(value, leaves);
    }
  }
}

std::string Iso(const std::string& digits) {
  const std::string date = digits.substr(0, 4) + "-" + digits.substr(4, 2) + "-" + digits.substr(6, 2);
  if (digits.size() == 8) return date;
  return date + "T" + digits.substr(8, 2) + ":" + digits.substr(10, 2) + ":" + digits.substr(12, 2) + "+09:00";
}

// Received texts and the forms of them that are promised.
void Allow(const std::vector<Field>& fields, std::set<std::string>& allowed) {
  for (const Field& field : fields) {
    const std::string& text = field.received;
    allowed.insert(text);
    allowed.insert(fhir::FullWidth(text));
    allowed.insert(fhir::InsurerNumber8(text));
    if (const auto branch = fhir::Branch2(text)) allowed.insert(*branch);
    if (text.size() == 8 || text.size() == 14) allowed.insert(Iso(text));
  }
}

std::string Wide(const std::optional<std::string>& text) {
  return fhir::FullWidth(text.value_or(""));
}

std::set<std::string> Allowed(const Handing& handing) {
  std::set<std::string> allowed = {
      UuidText(handing.press_id), "urn:uuid:" + UuidText(handing.press_id), handing.caller.desk_id,
      handing.caller.account_id, handing.caller.institution_code, handing.caller.institution_code.substr(0, 2), "1",
      "1234567", handing.patient_number, handing.method,
      // Constants of FHIR and JP Core, of ours, and of 保険種別 and 被保険者区分.
      "pay", "copaypct", "copay-percent", "%", "2", "7", "8", "一部負担金割合", "高齢受給者証の一部負担金割合",
      "copayment", "elderly-recipient-certificate", "limit-certificate", "specific-disease", "self-pay-limit",
      "medical-ticket", "self-pay-amount"};
  allowed.insert(handing.confirmed_names.begin(), handing.confirmed_names.end());
  Allow(FieldsOf(handing.answer), allowed);
  if (handing.answer.search_info) Allow(FieldsOf(*handing.answer.search_info), allowed);
  for (const QualificationResult& result : handing.answer.results) {
    Allow(FieldsOf(result), allowed);
    const std::string insurer = fhir::InsurerNumber8(result.insurer_number), symbol = Wide(result.symbol),
                      number = Wide(result.number), branch = fhir::Branch2(result.branch).value_or("");
    allowed.insert(insurer + ":" + symbol + ":" + number + ":" + branch);
    allowed.insert("\"" + insurer + "\",\"" + symbol + "\",\"" + number + "\",\"" + branch + "\"");
    allowed.insert(symbol + ":" + number);
    if (result.elderly_recipient_certificate) Allow(FieldsOf(*result.elderly_recipient_certificate), allowed);
    if (result.limit_certificate) Allow(FieldsOf(*result.limit_certificate), allowed);
    for (const auto& disease : result.specific_diseases_certificates) Allow(FieldsOf(disease), allowed);
    for (const auto& ticket : result.medical_tickets) Allow(FieldsOf(ticket), allowed);
  }
  return allowed;
}

bool IsLost(const eligibility::Answer& answer, const QualificationResult& result) {
  const std::string lost = result.disqualification_date_raw.value_or(""),
                    today = answer.confirmation_date_raw.value_or("");
  return IsText(lost) && !(lost.size() == 8 && today.size() == 8 && lost > today);
}

TEST(FhirBundle, NeverMakesValidWhatWasNotAnsweredValid) {
  int valid = 0;
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    const Handing handing = AnyHanding(seed);
    const eligibility::Answer& answer = handing.answer;
    const Bundle bundle(handing);
    const Json response = bundle.Only("CoverageEligibilityResponse");
    const std::vector<Json> coverages = bundle.All("Coverage");
    ASSERT_EQ(coverages.size(), answer.results.size());
    for (std::size_t at = 0; at < coverages.size(); ++at) {
      const Json& insurance = response["insurance"][at];
      const bool in_force = insurance.value("inforce", false);
      EXPECT_EQ(in_force, coverages[at]["status"] == "active");
      EXPECT_EQ(in_force, answer.validity_code == "1" && answer.segment_of_result_code == "1" &&
                              answer.processing_status_code != "2" && !IsLost(answer, answer.results[at]))
          << "seed " << seed;
      const std::string validity = answer.validity_code.value_or("");
      EXPECT_EQ(insurance.contains("inforce"), validity.size() == 1 && validity >= "1" && validity <= "5")
          << "seed " << seed;
      valid += in_force ? 1 : 0;
    }
  }
  EXPECT_GT(valid, 10);
}

TEST(FhirBundle, DropsNoResultAndNoFieldOfOne) {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    const Handing handing = AnyHanding(seed);
    const eligibility::Answer& answer = handing.answer;
    const Bundle bundle(handing);
    const Json response = bundle.Only("CoverageEligibilityResponse");
    ExpectReceived(response, "answer", std::vector{answer});
    ExpectReceived(response, "search-info", Listed(answer.search_info));
    ASSERT_EQ(response.value("insurance", Json::array()).size(), answer.results.size());
    for (std::size_t at = 0; at < answer.results.size(); ++at) {
      const QualificationResult& result = answer.results[at];
      const Json coverage = bundle.At(response["insurance"][at]["coverage"]);
      ExpectReceived(coverage, "result", std::vector{result});
      ExpectReceived(coverage, "elderly-recipient-certificate", Listed(result.elderly_recipient_certificate));
      ExpectReceived(coverage, "limit-certificate", Listed(result.limit_certificate));
      ExpectReceived(coverage, "specific-diseases-certificate", result.specific_diseases_certificates);
      ExpectReceived(coverage, "medical-ticket", result.medical_tickets);
    }
  }
}

TEST(FhirBundle, NamesThePersonOfEachResultAsReceived) {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    const Handing handing = AnyHanding(seed);
    const Bundle bundle(handing);
    const std::vector<Json> coverages = bundle.All("Coverage");
    for (std::size_t at = 0; at < coverages.size(); ++at) {
      const QualificationResult& result = handing.answer.results[at];
      const Json patient = bundle.At(coverages[at]["beneficiary"]);
      std::vector<std::string> expected, names;
      for (const auto* name : {&result.name, &result.name_kana, &result.name_other, &result.name_other_kana}) {
        if (*name && IsText(**name)) expected.push_back(**name);
      }
      for (const Json& name : patient.value("name", Json::array())) names.push_back(name["text"]);
      EXPECT_EQ(names, expected) << "seed " << seed;
      const std::string born = result.birthdate_raw.value_or("");
      if (patient.contains("birthDate")) {
        EXPECT_EQ(patient["birthDate"], Iso(born));
      }
      EXPECT_EQ(patient.contains("birthDate") || patient.contains("_birthDate"), IsText(born)) << "seed " << seed;
      EXPECT_EQ(patient.contains("gender"), result.sex_code == "1" || result.sex_code == "2" || result.sex_code == "3");
    }
  }
}

TEST(FhirBundle, HoldsBesideTheReceivedNameTheOneTwoPeopleConfirmed) {
  int confirmed = 0;
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    const Handing handing = AnyHanding(seed);
    const std::vector<Json> coverages = Bundle(handing).All("Coverage");
    for (std::size_t at = 0; at < coverages.size(); ++at) {
      const std::string& name = handing.confirmed_names.at(at);
      const std::vector<Json> told = Extensions(coverages[at], "claim-safe-name");
      ASSERT_EQ(told.size(), name.empty() ? 0U : 1U) << "seed " << seed;
      if (name.empty()) continue;
      EXPECT_EQ(told[0]["valueString"], name);
      ++confirmed;
    }
  }
  EXPECT_GT(confirmed, 10);
}

TEST(FhirBundle, SaysNothingThatWasNotReceived) {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    const Handing handing = AnyHanding(seed);
    const Json json = Json::parse(FhirBundle(handing));
    std::set<std::string> leaves;
    Leaves(json, leaves);
    const std::set<std::string> allowed = Allowed(handing);
    for (const std::string& leaf : leaves) EXPECT_TRUE(allowed.contains(leaf)) << "seed " << seed << ": " << leaf;
  }
}

TEST(FhirBundle, HoldsTogetherInItself) {
  for (unsigned seed = 0; seed < kSeeds; ++seed) {
    const Bundle bundle(AnyHanding(seed));
    std::set<std::string> urls;
    for (const Json& entry : bundle.json()["entry"]) {
      EXPECT_TRUE(urls.insert(entry["fullUrl"]).second);
      EXPECT_EQ(entry["fullUrl"], "urn:uuid:" + entry["resource"]["id"].get<std::string>());
    }
    std::set<std::string> used;
    const std::function<void(const Json&)> walk = [&](const Json& json) {
      if (json.is_object() && json.contains("reference")) used.insert(json["reference"].get<std::string>());
      if (json.is_structured()) std::for_each(json.begin(), json.end(), walk);
    };
    walk(bundle.json());
    EXPECT_TRUE(std::includes(urls.begin(), urls.end(), used.begin(), used.end()));
  }
}

TEST(FhirBundle, IsTheSameHoweverOftenItIsMadeAndAnotherForAnotherPress) {
  EXPECT_EQ(FhirBundle(PlainHanding()), FhirBundle(PlainHanding()));
  Handing other = PlainHanding();
  other.press_id[0] = 1;
  const Bundle a(PlainHanding()), b(other);
  EXPECT_NE(a.Only("Patient")["id"], b.Only("Patient")["id"]);
}

TEST(FhirBundle, DescribesAPersonTwiceWhenTwoResultsDoNotAgree) {
  Handing handing = PlainHanding();
  handing.answer.results.push_back(handing.answer.results[0]);
  handing.answer.results[1].name = "架空　●子";
  const Bundle bundle(handing);
  const std::vector<Json> patients = bundle.All("Patient");
  ASSERT_EQ(patients.size(), 2U);
  EXPECT_EQ(patients[1]["link"][0]["type"], "seealso");
  EXPECT_EQ(bundle.At(patients[1]["link"][0]["other"])["id"], patients[0]["id"]);
}

}  // namespace
}  // namespace madoguchi::handoff::test
