// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/answer_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/server/handoff/any_handing.h"

namespace madoguchi::handoff::test {
namespace {

using namespace eligibility;  // NOLINT(google-build-using-namespace)

using Json = nlohmann::json;

#define BACK(x, key) \
  if (from.contains(key)) to.x = from.at(key).get<std::string>();
#define BACK_TEXT(x, element) BACK(x, #x)
#define BACK_CODE(x, element, table) BACK(x##_code, #x "_code")
#define BACK_RAW(x, element) BACK(x##_raw, #x "_raw")
#define BACK_ALL(FIELDS) FIELDS(BACK_TEXT, BACK_CODE, BACK_RAW, BACK_RAW, BACK_RAW)
#define READ_BACK(Owner, FIELDS)               \
  void ReadBack(const Json& from, Owner& to) { \
    BACK_ALL(FIELDS)                           \
  }

READ_BACK(SearchInfo, MADOGUCHI_SEARCH_INFO_FIELDS)
READ_BACK(ElderlyRecipientCertificate, MADOGUCHI_ELDERLY_RECIPIENT_FIELDS)
READ_BACK(LimitCertificate, MADOGUCHI_LIMIT_CERTIFICATE_FIELDS)
READ_BACK(SpecificDiseaseCertificate, MADOGUCHI_SPECIFIC_DISEASE_FIELDS)
READ_BACK(MedicalTicket, MADOGUCHI_MEDICAL_TICKET_FIELDS)

void ReadBack(const Json& from, QualificationResult& to) {
  BACK_ALL(MADOGUCHI_QUALIFICATION_FIELDS)
  if (from.contains("elderly_recipient_certificate"))
    ReadBack(from["elderly_recipient_certificate"], to.elderly_recipient_certificate.emplace());
  if (from.contains("limit_certificate")) ReadBack(from["limit_certificate"], to.limit_certificate.emplace());
  for (const Json& one : from.value("specific_diseases_certificates", Json::array()))
    ReadBack(one, to.specific_diseases_certificates.emplace_back());
  for (const Json& one : from.value("medical_tickets", Json::array())) ReadBack(one, to.medical_tickets.emplace_back());
}

Answer ReadBack(const Json& from) {
  Answer to;
  BACK_ALL(MADOGUCHI_HEADER_FIELDS)
  BACK_ALL(MADOGUCHI_BODY_FIELDS)
  if (from.contains("search_info")) ReadBack(from["search_info"], to.search_info.emplace());
  for (const Json& one : from.at("results")) ReadBack(one, to.results.emplace_back());
  to.unknown_elements = from.value("unknown_elements", std::vector<std::string>());
  return to;
}

TEST(AnswerJson, KeepsEveryFieldOfEveryResultAsItWasReceived) {
  for (unsigned seed = 0; seed < 300; ++seed) {
    const Handing handing = AnyHanding(seed);
    const Json json = Json::parse(AnswerJson(handing));
    EXPECT_TRUE(ReadBack(json) == handing.answer) << "seed " << seed;
  }
}

TEST(AnswerJson, SaysWhoseCheckItWas) {
  const Handing handing = PlainHanding();
  const Json json = Json::parse(AnswerJson(handing));
  EXPECT_EQ(json["press_id"], "00112233-4455-6677-8899-aabbccddeeff");
  EXPECT_EQ(json["desk"], handing.caller.desk_id);
  EXPECT_EQ(json["institution_code"], "1311234567");
  EXPECT_EQ(json["account_id"], "W0000001");
  EXPECT_EQ(json["method"], "pin");
  EXPECT_EQ(json["patient_number"], "00123");
  EXPECT_EQ(json["card_certificate_days_left"], 1000);
}

TEST(AnswerJson, PutsMeaningsBesideWhatWasReceived) {
  const Json json = Json::parse(AnswerJson(PlainHanding()));
  EXPECT_EQ(json["validity"], "有効");
  EXPECT_EQ(json["executed_at"], "2026-11-22T09:00:00+09:00");
  const Json& result = json["results"][0];
  EXPECT_EQ(result["birthdate"], "1960-02-29");
  EXPECT_EQ(result["birthdate_raw"], "19600229");
  EXPECT_EQ(result["contribution_ratio"], "3割");
  EXPECT_EQ(result["card_classification"], "被保険者証（一般）");
}

TEST(AnswerJson, LeavesOutWhatIsNotKnown) {
  Handing handing = PlainHanding();
  handing.patient_number.clear();
  handing.certificate_days_left = -1;
  handing.answer.validity_code = "7";
  handing.answer.results.clear();
  const Json json = Json::parse(AnswerJson(handing));
  EXPECT_FALSE(json.contains("patient_number"));
  EXPECT_FALSE(json.contains("card_certificate_days_left"));
  EXPECT_FALSE(json.contains("validity"));
  EXPECT_EQ(json["validity_code"], "7");
  EXPECT_EQ(json["results"], Json::array());
}

TEST(AnswerJson, NotesANameThatAClaimMayNotHoldBesideTheReceivedOne) {
  Handing handing = PlainHanding();
  handing.answer.results[0].name = "髙橋　●子";
  const Json result = Json::parse(AnswerJson(handing))["results"][0];
  EXPECT_EQ(result["name"], "髙橋　●子");
  EXPECT_EQ(result["name_notes"]["unresolved"], Json::array({3}));
  EXPECT_EQ(result["name_notes"]["outside_jis_x_0208"], Json::array({"髙"}));
}

TEST(AnswerJson, GivesTheNameTwoPeopleConfirmedBesideTheReceivedOne) {
  Handing handing = PlainHanding();
  handing.answer.results[0].name = "髙橋　●子";
  handing.confirmed_names = {"高橋　邊子"};
  const Json result = Json::parse(AnswerJson(handing))["results"][0];
  EXPECT_EQ(result["name"], "髙橋　●子");
  EXPECT_EQ(result["name_notes"]["claim_safe_name"], "高橋　邊子");
  EXPECT_EQ(result["name_notes"]["claim_safe_from"], "mapping");
}

TEST(AnswerJson, HandsOnTheWarningsAboutNumbersThatWereAsked) {
  Handing handing = PlainHanding();
  handing.number_warnings = {"branch_width"};
  EXPECT_EQ(Json::parse(AnswerJson(handing))["number_warnings"], Json::array({"branch_width"}));
}

}  // namespace
}  // namespace madoguchi::handoff::test
