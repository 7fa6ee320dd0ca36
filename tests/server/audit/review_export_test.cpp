// SPDX-License-Identifier: Apache-2.0
#include "server/audit/review_export.h"

#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "server/audit/event.h"

namespace madoguchi::audit {
namespace {

using nlohmann::json;
using testing::HasSubstr;

ReviewRow Row(const char* event) {
  ReviewRow row;
  row[Field::kSequence] = "7";
  row[Field::kRecordedAt] = "2026-11-23T09:00:00.123456+09:00";
  row[Field::kRecordId] = "0a0a0a0a-0000-4000-8000-000000000001";
  row[Field::kEvent] = event;
  row[Field::kOwner] = "server-1";
  row[Field::kCode] = "0";
  row[Field::kDeskId] = "0b0b0b0b-0000-4000-8000-000000000001";
  row[Field::kDeskName] = "窓口1";
  row[Field::kPressId] = "0c0c0c0c-0000-4000-8000-000000000001";
  row[Field::kInstitutionCode] = "1311234567";
  return row;
}

// The entity or agent with this role or type code; null: none.
json WithCode(const json& list, const char* part, const std::string& code) {
  for (const json& one : list) {
    if (!one.contains(part)) continue;
    const json& coding = one[part].contains("coding") ? one[part]["coding"][0] : one[part];
    if (coding["code"] == code) return one;
  }
  return {};
}

TEST(ReviewCsv, QuotesAsRfc4180AndGuardsFormulas) {
  EXPECT_THAT(CsvHeader(), testing::StartsWith("sequence,recorded_at,event,"));
  EXPECT_THAT(CsvHeader(), testing::EndsWith("reviewed\r\n"));
  ReviewRow row = Row("check.outcome");
  row[Field::kDetail] = "=SUM(A1),\"x\"\nnext";
  row[Field::kActor] = "＝cmd";
  row[Field::kFileName] = "-1";
  row[Field::kShown] = "@now";
  const std::string line = CsvLine(row);
  EXPECT_THAT(line, HasSubstr("\"'=SUM(A1),\"\"x\"\"\nnext\""));
  EXPECT_THAT(line, HasSubstr(",'＝cmd,"));
  EXPECT_THAT(line, HasSubstr(",-1,"));
  EXPECT_THAT(line, HasSubstr(",'@now,"));
  EXPECT_THAT(line, testing::EndsWith("\r\n"));
}

// What IHE.BasicAudit.PatientQuery 1.1.3 asks for.
TEST(ReviewFhir, AnAnsweredCheckIsAPatientQuery) {
  ReviewRow row = Row(action::kCheckOutcome);
  row[Field::kMethod] = "number";
  row[Field::kInsuranceHash] = "k:aa,k:bb";
  row[Field::kOperatorCode] = "S01";
  row[Field::kSourceAddress] = "192.0.2.7";
  const std::string line = FhirLine(row);
  EXPECT_EQ(line.find('\n'), line.size() - 1);
  const json event = json::parse(line);
  EXPECT_EQ(event["meta"]["profile"][0],
            "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientQuery");
  EXPECT_EQ(event["type"]["code"], "rest");
  EXPECT_EQ(event["subtype"][0]["code"], "search");
  EXPECT_EQ(event["action"], "E");
  EXPECT_EQ(event["outcome"], "0");
  EXPECT_EQ(event["recorded"], "2026-11-23T09:00:00.123456+09:00");
  const json client = WithCode(event["agent"], "type", "110153"), server = WithCode(event["agent"], "type", "110152");
  EXPECT_EQ(client["network"]["address"], "192.0.2.7");
  EXPECT_EQ(client["network"]["type"], "2");
  EXPECT_EQ(client["who"]["display"], "窓口1");
  EXPECT_EQ(server["who"]["identifier"]["value"], "server-1");
  EXPECT_TRUE(server.contains("network"));
  const json user = WithCode(event["agent"], "type", "IRCP");
  EXPECT_EQ(user["requestor"], true);
  EXPECT_FALSE(user.contains("network"));
  const json patient = WithCode(event["entity"], "role", "1"), query = WithCode(event["entity"], "role", "24");
  EXPECT_EQ(patient["type"]["code"], "1");
  EXPECT_EQ(patient["what"]["identifier"]["value"], "k:aa");
  EXPECT_FALSE(query.contains("what"));
  EXPECT_EQ(query["query"], "bWV0aG9kPW51bWJlcg==");
  EXPECT_EQ(WithCode(event["entity"], "type", "XrequestId")["what"]["identifier"]["value"], row[Field::kPressId]);
}

TEST(ReviewFhir, WhatFailedOrOnlyBeganClaimsNoProfile) {
  ReviewRow row = Row(action::kCheckOutcome);
  row[Field::kCode] = "1601";
  const json failed = json::parse(FhirLine(row));
  EXPECT_FALSE(failed.contains("meta"));
  EXPECT_EQ(failed["outcome"], "4");
  EXPECT_THAT(failed["outcomeDesc"].get<std::string>(), testing::StartsWith("1601 "));
  EXPECT_FALSE(json::parse(FhirLine(Row(action::kCheckIntent))).contains("meta"));
}

// What IHE.BasicAudit.PrivacyDisclosure.Source 1.1.3 asks for.
TEST(ReviewFhir, ADeliveredResultIsADisclosureAtTheSource) {
  ReviewRow row = Row(action::kHandoffDelivered);
  row[Field::kDestination] = "oqs_folder";
  row[Field::kFileName] = "OQSsiquc01res_20261123090000.xml";
  row[Field::kFileSha256] = std::string(64, 'a');
  const json event = json::parse(FhirLine(row));
  EXPECT_EQ(event["meta"]["profile"][0],
            "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PrivacyDisclosure.Source");
  EXPECT_EQ(event["type"]["code"], "110106");
  EXPECT_EQ(event["subtype"][0]["code"], "disclose");
  EXPECT_EQ(event["action"], "R");
  const json source = WithCode(event["agent"], "type", "110153"),
             recipient = WithCode(event["agent"], "type", "110152");
  EXPECT_EQ(source["who"], event["source"]["observer"]);
  EXPECT_TRUE(source.contains("network") && recipient.contains("network"));
  EXPECT_EQ(recipient["who"]["identifier"]["value"], "oqs_folder");
  EXPECT_EQ(WithCode(event["entity"], "role", "1")["what"]["type"], "Patient");
  const json file = WithCode(event["entity"], "role", "3");
  EXPECT_EQ(file["what"]["identifier"]["value"], row[Field::kFileName]);
  EXPECT_EQ(file["detail"][0]["valueString"], row[Field::kFileSha256]);
}

TEST(ReviewFhir, EverythingElseHasTheCodesOfTheRegistry) {
  const json event = json::parse(FhirLine(Row(action::kDeskPolicyRefusal)));
  EXPECT_FALSE(event.contains("meta"));
  EXPECT_EQ(event["type"]["system"], "http://dicom.nema.org/resources/ontology/DCM");
  EXPECT_EQ(event["subtype"][0]["code"], "desk.policy_refusal");
  ReviewRow newer = Row("of.a_newer_server");
  newer[Field::kDetail] = "\xff not UTF-8";
  EXPECT_EQ(json::parse(FhirLine(newer))["type"]["code"], "of.a_newer_server");
}

}  // namespace
}  // namespace madoguchi::audit
