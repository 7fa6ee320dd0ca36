// SPDX-License-Identifier: Apache-2.0
// CoverageEligibilityResponse (base R4).
#include "server/handoff/fhir_resources.h"

namespace madoguchi::handoff::fhir {
namespace {

using eligibility::Answer;
using eligibility::QualificationResult;

constexpr char kBenefitTypes[] = "http://terminology.hl7.org/CodeSystem/benefit-type";
constexpr char kAuthor[] = "オンライン資格確認等システム";  // the one who answered, where no single insurer did

std::string Benefits() {
  return std::string(kLocal) + "CodeSystem:benefit";
}

const char* Outcome(const Answer& answer) {
  const std::string segment = answer.segment_of_result_code.value_or("");
  const std::string status = answer.processing_status_code.value_or("");
  if (segment == "9" || status == "2") return "error";
  if (segment == "2") return "queued";
  return segment == "1" && status == "1" ? "complete" : "partial";
}

// What kind of benefit, and the code that was received for it.
Json Item(const char* benefit, const char* text, const eligibility::CodeTable* table,
          const std::optional<std::string>& code) {
  Json codings = Json::array({Coding(Benefits(), benefit, text)});
  if (table != nullptr && code && IsText(*code)) codings.push_back(Coding(*table, *code));
  return {{"category", {{"coding", std::move(codings)}}}};
}

void PutPeriod(Json& item, const std::optional<std::string>& from, const std::optional<std::string>& until) {
  if (auto period = PeriodOf(from, until)) {
    Json extension = Extension(std::string(kLocal) + "period", "valuePeriod", *std::move(period));
    item["extension"] = Json::array({std::move(extension)});
  }
}

void PutPercent(Json& item, int percent) {
  item["benefit"] =
      Json::array({{{"type", Concept(Coding(kBenefitTypes, "copay-percent"))}, {"allowedUnsignedInt", percent}}});
}

void PutYen(Json& item, const char* type, const char* text, const std::optional<std::string>& received) {
  if (const auto yen = Yen(received)) {
    item["benefit"] = Json::array({{{"type", Concept(Coding(Benefits(), type, text))},
                                    {"allowedMoney", {{"value", *yen}, {"currency", "JPY"}}}}});
  }
}

Json Items(const QualificationResult& result) {
  Json items = Json::array();
  if (const auto percent = Percent(result.contribution_ratio_raw)) {
    items.push_back(Item("copayment", "一部負担金割合", nullptr, {}));
    PutPercent(items.back(), *percent);
  }
  if (const auto& elderly = result.elderly_recipient_certificate) {
    Json item = Item("elderly-recipient-certificate", "高齢受給者証", nullptr, {});
    PutPeriod(item, elderly->valid_from_raw, elderly->valid_until_raw);
    if (const auto percent = Percent(elderly->contribution_ratio_raw)) PutPercent(item, *percent);
    items.push_back(std::move(item));
  }
  if (const auto& limit = result.limit_certificate) {
    Json item =
        Item("limit-certificate", "限度額適用認定証", &eligibility::kLimitClassification, limit->classification_code);
    PutPeriod(item, limit->valid_from_raw, limit->valid_until_raw);
    if (const auto& category = limit->category_code; category && IsText(*category))
      item["benefit"] = Json::array({{{"type", Concept(Coding(eligibility::kLimitCategory, *category))}}});
    items.push_back(std::move(item));
  }
  for (const auto& disease : result.specific_diseases_certificates) {
    Json item =
        Item("specific-disease", "特定疾病療養受療証", &eligibility::kDiseaseCategory, disease.disease_category_code);
    PutPeriod(item, disease.valid_from_raw, disease.valid_until_raw);
    PutYen(item, "self-pay-limit", "自己負担限度額", disease.self_pay_limit);
    items.push_back(std::move(item));
  }
  for (const auto& ticket : result.medical_tickets) {
    Json item = Item("medical-ticket", "医療券・調剤券", &eligibility::kTicketType, ticket.ticket_type_code);
    PutPeriod(item, ticket.valid_from_raw, ticket.valid_until_raw);
    PutYen(item, "self-pay-amount", "本人支払額", ticket.self_pay_amount);
    items.push_back(std::move(item));
  }
  return items;
}

Json Insurance(const Answer& answer, const Parts& parts) {
  const QualificationResult& result = parts.result;
  Json insurance = {{"coverage", Reference(parts.coverage_id)}};
  if (const auto in_force = InForce(answer, result)) insurance["inforce"] = *in_force;
  // From 資格取得年月日 on. A loss has no place here: the end of a Period is its last day, and which day that is was
  // not said.
  if (!result.disqualification_date_raw) {
    if (auto period = PeriodOf(result.qualification_date_raw, std::nullopt))
      insurance["benefitPeriod"] = *std::move(period);
  }
  if (Json items = Items(result); !items.empty()) insurance["item"] = std::move(items);
  return insurance;
}

// A code beside a normal result tells something else (a certificate that ends soon): it stands in the extension only.
void PutError(Json& response, const Answer& answer) {
  if (response["outcome"] != "error") return;
  Json error = Json::object();
  if (answer.processing_code && IsText(*answer.processing_code)) {
    error = Concept(Coding(std::string(kLocal) + "CodeSystem:ProcessingResultCode", *answer.processing_code));
  }
  PutText(error, "text", answer.processing_message);
  if (!error.empty()) response["error"] = Json::array({{{"code", std::move(error)}}});
}

// Under which check, at which desk.
Json Check(const Handing& handing) {
  Json facts = Json::array({Extension("method", "valueCode", handing.method),
                            Extension("desk", "valueString", handing.caller.desk_id),
                            Extension("account_id", "valueString", handing.caller.account_id)});
  if (handing.certificate_days_left >= 0)
    facts.push_back(Extension("card_certificate_days_left", "valueInteger", handing.certificate_days_left));
  return {{"url", std::string(kLocal) + "check"}, {"extension", std::move(facts)}};
}

}  // namespace

Json Response(const Handing& handing, const std::string& id, const std::string& patient_id,
              const std::string& facility_id, const std::vector<Parts>& results) {
  const Answer& answer = handing.answer;
  Json response = {{"resourceType", "CoverageEligibilityResponse"}, {"id", id}};
  response["extension"] = Json::array({Check(handing)});
  if (Json received = Received("answer", FieldsOf(answer)); !received["extension"].empty())
    response["extension"].push_back(std::move(received));
  if (answer.search_info) {
    if (Json received = Received("search-info", FieldsOf(*answer.search_info)); !received["extension"].empty())
      response["extension"].push_back(std::move(received));
  }
  const Json press = {{"system", "urn:ietf:rfc:3986"}, {"value", "urn:uuid:" + UuidText(handing.press_id)}};
  response["identifier"] = Json::array({press});
  response["status"] = "active";
  response["purpose"] = {"validation", "benefits"};
  response["patient"] = Reference(patient_id);
  PutDate(response, "servicedDate", answer.confirmation_date_raw);
  PutTime(response, "created", answer.executed_at_raw);
  if (!response.contains("created") && !response.contains("_created")) response["_created"] = Absent();
  response["request"] = {{"type", "CoverageEligibilityRequest"}, {"identifier", press}};  // the press: never a resource
  response["requestor"] = Reference(facility_id);
  response["outcome"] = Outcome(answer);
  PutText(response, "disposition", answer.processing_message);
  const bool one_payer = results.size() == 1 && !results.front().payer_id.empty();
  response["insurer"] = one_payer ? Reference(results.front().payer_id) : Json{{"display", kAuthor}};
  for (const Parts& parts : results) response["insurance"].push_back(Insurance(answer, parts));
  PutError(response, answer);
  return response;
}

}  // namespace madoguchi::handoff::fhir
