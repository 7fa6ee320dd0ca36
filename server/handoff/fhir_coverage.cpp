// SPDX-License-Identifier: Apache-2.0
// Coverage (JP_Coverage).
#include <algorithm>
#include <array>

#include "server/eligibility/meanings.h"
#include "server/handoff/fhir_resources.h"

namespace madoguchi::handoff::fhir {
namespace {

using eligibility::Answer;
using eligibility::QualificationResult;

constexpr char kProfile[] = "http://jpfhir.jp/fhir/core/StructureDefinition/JP_Coverage";
constexpr char kInsuredPerson[] = "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Coverage_InsuredPerson";
constexpr char kMemberIdSystem[] = "http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID";
constexpr char kCsvIdSystem[] = "http://jpfhir.jp/fhir/core/IdSystem/JP_Coverage_id";
constexpr char kRecipientSystem[] = "urn:oid:1.2.392.100495.20.3.72";  // 公費受給者番号
constexpr char kCategorySystem[] = "urn:oid:1.2.392.100495.20.2.61";   // 保険種別コード, 別表11
constexpr char kRelationshipSystem[] = "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/InsuredPersonCategory";  // 別表12
constexpr char kCopaySystem[] = "http://terminology.hl7.org/CodeSystem/coverage-copay-type";
constexpr char kUnits[] = "http://unitsofmeasure.org";

bool IsMedicalAid(const QualificationResult& result) {
  return result.card_classification_code == kMedicalAid;
}

// Symbol or number as JP Core writes them.
std::string Wide(const std::optional<std::string>& text) {
  return text ? FullWidth(*text) : std::string();
}

// The four parts of both identifiers; nothing when one has not its form.
std::optional<std::array<std::string, 4>> MemberParts(const QualificationResult& result) {
  const std::string insurer = InsurerNumber8(result.insurer_number), number = Wide(result.number);
  const bool whole = insurer.size() == 8 && std::all_of(insurer.begin(), insurer.end(), [](char c) {
                       return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
                     });
  const std::optional<std::string> branch = Branch2(result.branch);
  const bool branch_unreadable = !branch && result.branch && IsText(*result.branch);
  if (IsMedicalAid(result) || !whole || number.empty() || branch_unreadable) return std::nullopt;
  return std::array{insurer, Wide(result.symbol), number, branch.value_or("")};
}

void PutIdentifiers(Json& coverage, const QualificationResult& result) {
  if (IsMedicalAid(result)) {
    if (!result.number || !IsText(*result.number)) return;
    coverage["identifier"] = Json::array({{{"system", kRecipientSystem}, {"value", *result.number}}});
    coverage["subscriberId"] = *result.number;
    return;
  }
  if (const auto parts = MemberParts(result)) {
    const auto& [insurer, symbol, number, branch] = *parts;
    const std::string csv = "\"" + insurer + "\",\"" + symbol + "\",\"" + number + "\",\"" + branch + "\"";
    coverage["identifier"] = Json::array(
        {{{"system", kMemberIdSystem}, {"value", *MemberId(result)}}, {{"system", kCsvIdSystem}, {"value", csv}}});
  }
  const std::string symbol = Wide(result.symbol), number = Wide(result.number);
  if (!number.empty()) coverage["subscriberId"] = symbol.empty() ? number : symbol + ":" + number;
  if (const auto branch = Branch2(result.branch)) coverage["dependent"] = *branch;
}

// Everything as it was received, by name: unknown codes, what has no place in FHIR, and the source of what has one.
Json Extensions(const Parts& parts) {
  const QualificationResult& result = parts.result;
  Json extensions = Json::array();
  const std::string url = kInsuredPerson;
  if (!IsMedicalAid(result)) {
    if (const std::string symbol = Wide(result.symbol); !symbol.empty())
      extensions.push_back(Extension(url + "Symbol", "valueString", symbol));
    if (const std::string number = Wide(result.number); !number.empty())
      extensions.push_back(Extension(url + "Number", "valueString", number));
    if (const auto branch = Branch2(result.branch))
      extensions.push_back(Extension(url + "SubNumber", "valueString", *branch));
  }
  const auto add = [&extensions](const char* name, const auto& part) {
    if (Json received = Received(name, FieldsOf(part)); !received["extension"].empty())
      extensions.push_back(std::move(received));
  };
  add("result", result);
  if (!parts.confirmed_name.empty())
    extensions.push_back(Extension(std::string(kLocal) + "claim-safe-name", "valueString", parts.confirmed_name));
  if (result.elderly_recipient_certificate) add("elderly-recipient-certificate", *result.elderly_recipient_certificate);
  if (result.limit_certificate) add("limit-certificate", *result.limit_certificate);
  for (const auto& disease : result.specific_diseases_certificates) add("specific-diseases-certificate", disease);
  for (const auto& ticket : result.medical_tickets) add("medical-ticket", ticket);
  return extensions;
}

// 保険種別 where the insurer's number tells it (法別番号, reference §6), and the kind of card as received.
void PutType(Json& coverage, const QualificationResult& result) {
  Json codings = Json::array();
  const std::string insurer = InsurerNumber8(result.insurer_number);
  const std::string scheme = insurer.size() == 8 ? insurer.substr(0, 2) : std::string();
  static constexpr std::array kEmployees = {"01", "02", "03", "04", "06", "07", "31", "32",
                                            "33", "34", "63", "72", "73", "74", "75"};
  if (IsMedicalAid(result)) {
    codings.push_back(Coding(kCategorySystem, "8", "公費"));
  } else if (scheme == "39") {
    codings.push_back(Coding(kCategorySystem, "7", "後期高齢者"));
  } else if (scheme == "00") {  // six digits
    codings.push_back(Coding(kCategorySystem, "2", "国保"));
  } else if (std::find(kEmployees.begin(), kEmployees.end(), scheme) != kEmployees.end()) {
    codings.push_back(Coding(kCategorySystem, "1", "医保"));
  }
  if (const auto& code = result.card_classification_code; code && IsText(*code))
    codings.push_back(Coding(eligibility::kCardClassification, *code));
  if (!codings.empty()) coverage["type"] = {{"coding", std::move(codings)}};
}

void PutRelationship(Json& coverage, const QualificationResult& result) {
  const auto& code = result.relationship_code;
  if (!code || !IsText(*code)) return;
  Json codings = Json::array();
  if (code == "1") codings.push_back(Coding(kRelationshipSystem, "1", "被保険者"));
  if (code == "2") codings.push_back(Coding(kRelationshipSystem, "2", "被扶養者"));
  codings.push_back(Coding(eligibility::kRelationship, *code));
  coverage["relationship"] = {{"coding", std::move(codings)}};
}

void AddCopay(Json& coverage, const std::optional<std::string>& ratio, const char* what) {
  const std::optional<int> percent = Percent(ratio);
  if (!percent) return;
  Json type = Concept(Coding(kCopaySystem, "copaypct"));
  type["text"] = what;
  coverage["costToBeneficiary"].push_back(
      {{"type", std::move(type)},
       {"valueQuantity", {{"value", *percent}, {"unit", "%"}, {"system", kUnits}, {"code", "%"}}}});
}

// The day of loss is the first one without insurance.
bool IsLost(const Answer& answer, const QualificationResult& result) {
  const auto& lost = result.disqualification_date_raw;
  if (!lost || !IsText(*lost)) return false;
  const auto on = eligibility::IsoDate(*lost);
  const auto today = eligibility::IsoDate(answer.confirmation_date_raw.value_or(""));
  return !on || !today || *on <= *today;  // a loss that cannot be dated may have come
}

}  // namespace

std::optional<bool> InForce(const Answer& answer, const QualificationResult& result) {
  const std::string validity = answer.validity_code.value_or("");
  if (validity == "2" || validity == "3" || validity == "4" || validity == "5") return false;
  if (validity != "1") return std::nullopt;
  return answer.segment_of_result_code == "1" && answer.processing_status_code != "2" && !IsLost(answer, result);
}

std::optional<std::string> MemberId(const QualificationResult& result) {
  const auto parts = MemberParts(result);
  if (!parts) return std::nullopt;
  const auto& [insurer, symbol, number, branch] = *parts;
  return insurer + ":" + symbol + ":" + number + ":" + branch;
}

Json Coverage(const Answer& answer, const Parts& parts) {
  const QualificationResult& result = parts.result;
  const std::optional<bool> in_force = InForce(answer, result);
  Json coverage = {
      {"resourceType", "Coverage"}, {"id", parts.coverage_id}, {"meta", {{"profile", Json::array({kProfile})}}}};
  if (Json extensions = Extensions(parts); !extensions.empty()) coverage["extension"] = std::move(extensions);
  coverage["status"] = !in_force ? "draft" : *in_force ? "active" : "cancelled";
  PutIdentifiers(coverage, result);
  PutType(coverage, result);
  if (const auto& insured = result.insured_name; insured && IsText(*insured))
    coverage["subscriber"] = {{"display", *insured}};
  coverage["beneficiary"] = Reference(parts.patient_id);
  PutRelationship(coverage, result);
  if (auto period = PeriodOf(result.valid_from_raw, result.valid_until_raw)) coverage["period"] = *std::move(period);
  if (parts.payer_id.empty()) {
    coverage["payor"] = Json::array({Absent()});
  } else {
    coverage["payor"] = Json::array({Reference(parts.payer_id)});
  }
  AddCopay(coverage, result.contribution_ratio_raw, "一部負担金割合");
  if (const auto& elderly = result.elderly_recipient_certificate)
    AddCopay(coverage, elderly->contribution_ratio_raw, "高齢受給者証の一部負担金割合");
  return coverage;
}

}  // namespace madoguchi::handoff::fhir
