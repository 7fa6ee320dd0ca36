// SPDX-License-Identifier: Apache-2.0
// Patient (JP_Patient) and Organization (JP_Organization).
#include <tuple>

#include "server/handoff/fhir_resources.h"

namespace madoguchi::handoff::fhir {
namespace {

using eligibility::QualificationResult;

constexpr char kPatientProfile[] = "http://jpfhir.jp/fhir/core/StructureDefinition/JP_Patient";
constexpr char kOrganizationProfile[] = "http://jpfhir.jp/fhir/core/StructureDefinition/JP_Organization";
constexpr char kPatientNumberOid[] = "urn:oid:1.2.392.100495.20.3.51.1";  // and the institution code
constexpr char kMemberIdSystem[] = "http://jpfhir.jp/fhir/clins/Idsystem/JP_Insurance_memberID";
constexpr char kNameRepresentation[] = "http://hl7.org/fhir/StructureDefinition/iso21090-EN-representation";
constexpr char kInsurerNumberSystem[] = "http://jpfhir.jp/fhir/core/mhlw/IdSystem/InsurerNumber";
constexpr char kPublicPayerSystem[] = "urn:oid:1.2.392.100495.20.3.71";  // 公費負担者番号
constexpr char kInstitutionSystem[] = "http://jpfhir.jp/fhir/core/IdSystem/insurance-medical-institution-no";
constexpr char kInstitution7System[] = "http://jpfhir.jp/fhir/core/mhlw/IdSystem/MedicalOrganizationID";
constexpr char kPrefectureSystem[] = "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/PrefectureNo-2digits";
constexpr char kFeeScoreSystem[] = "http://jpfhir.jp/fhir/core/mhlw/CodeSystem/MedicationFeeScoreType";
constexpr char kOrganizationExtension[] = "http://jpfhir.jp/fhir/core/Extension/StructureDefinition/JP_Organization_";
constexpr std::size_t kInstitutionDigits = 10;

Json Identifier(const std::string& system, const std::string& value) {
  return {{"system", system}, {"value", value}};
}

// Whole, as received: which part is the family name is not said, and foreign names have more parts than two.
void AddName(Json& patient, const std::optional<std::string>& name, const char* representation, const char* use) {
  if (!name || !IsText(*name)) return;
  Json extension = Json::array({Extension(kNameRepresentation, "valueCode", representation)});
  patient["name"].push_back({{"extension", std::move(extension)}, {"use", use}, {"text", *name}});
}

// OQSCD007. Any other code stands in Coverage's extension only.
void PutGender(Json& patient, const std::optional<std::string>& code) {
  if (code == "1") patient["gender"] = "male";
  if (code == "2") patient["gender"] = "female";
  if (code == "3") patient["gender"] = "unknown";  // 未設定
}

void PutAddress(Json& patient, const QualificationResult& result) {
  Json address = Json::object();
  PutText(address, "text", result.address);
  PutText(address, "postalCode", result.postal_code);
  if (!address.empty()) patient["address"] = Json::array({std::move(address)});
}

Json Identifiers(const Handing& handing, const QualificationResult* result) {
  Json identifiers = Json::array();
  if (IsText(handing.patient_number)) {
    identifiers.push_back(Identifier(kPatientNumberOid + handing.caller.institution_code, handing.patient_number));
  }
  if (result == nullptr) return identifiers;
  if (result->reference_number && IsText(*result->reference_number)) {
    identifiers.push_back(Identifier(std::string(kLocal) + "reference-number", *result->reference_number));
  }
  if (const auto member = MemberId(*result)) identifiers.push_back(Identifier(kMemberIdSystem, *member));
  return identifiers;
}

}  // namespace

bool SamePerson(const QualificationResult& a, const QualificationResult& b) {
  const auto person = [](const QualificationResult& result) {
    return std::tie(result.name, result.name_kana, result.name_other, result.name_other_kana, result.sex_code,
                    result.birthdate_raw, result.address, result.postal_code, result.reference_number);
  };
  return person(a) == person(b);
}

Json Patient(const Handing& handing, const std::string& id, const QualificationResult* result) {
  Json patient = {{"resourceType", "Patient"}, {"id", id}};
  Json identifiers = Identifiers(handing, result);
  if (!identifiers.empty()) {  // JP_Patient asks for one; without, this is a Patient of base R4
    patient["meta"] = {{"profile", Json::array({kPatientProfile})}};
    patient["identifier"] = std::move(identifiers);
  }
  if (result == nullptr) return patient;
  AddName(patient, result->name, "IDE", "official");
  AddName(patient, result->name_kana, "SYL", "official");
  AddName(patient, result->name_other, "IDE", "usual");  // 通称, from the back of the card
  AddName(patient, result->name_other_kana, "SYL", "usual");
  PutGender(patient, result->sex_code);
  PutDate(patient, "birthDate", result->birthdate_raw);
  PutAddress(patient, *result);
  return patient;
}

bool HasPayer(const QualificationResult& result) {
  return !InsurerNumber8(result.insurer_number).empty() || IsText(result.insurer_name.value_or(""));
}

Json Payer(const std::string& id, const QualificationResult& result) {
  const bool medical_aid = result.card_classification_code == kMedicalAid;
  Json payer = {
      {"resourceType", "Organization"}, {"id", id}, {"meta", {{"profile", Json::array({kOrganizationProfile})}}}};
  if (const std::string number = InsurerNumber8(result.insurer_number); !number.empty()) {
    payer["identifier"] = Json::array({Identifier(medical_aid ? kPublicPayerSystem : kInsurerNumberSystem, number)});
  }
  payer["type"] =
      Json::array({Concept(Coding("http://terminology.hl7.org/CodeSystem/organization-type", "pay", "Payer"))});
  PutText(payer, "name", result.insurer_name);
  return payer;
}

Json Facility(const std::string& id, const std::string& institution_code) {
  Json facility = {
      {"resourceType", "Organization"}, {"id", id}, {"meta", {{"profile", Json::array({kOrganizationProfile})}}}};
  if (institution_code.size() == kInstitutionDigits) {
    const std::string extension = kOrganizationExtension;
    facility["extension"] = Json::array(
        {Extension(extension + "PrefectureNo", "valueCoding", Coding(kPrefectureSystem, institution_code.substr(0, 2))),
         Extension(extension + "InsuranceOrganizationCategory", "valueCoding",
                   Coding(kFeeScoreSystem, institution_code.substr(2, 1))),
         Extension(extension + "InsuranceOrganizationNo", "valueIdentifier",
                   Identifier(kInstitution7System, institution_code.substr(3)))});
  }
  facility["identifier"] = Json::array({Identifier(kInstitutionSystem, institution_code)});
  return facility;
}

}  // namespace madoguchi::handoff::fhir
