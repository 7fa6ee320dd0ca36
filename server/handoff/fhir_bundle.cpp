// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/fhir_bundle.h"

#include "server/eligibility/meanings.h"
#include "server/handoff/fhir_resources.h"

namespace madoguchi::handoff {
namespace {

using fhir::Json;
using fhir::Parts;

class Bundle {
 public:
  explicit Bundle(const Handing& handing) : handing_(handing) {
    const std::string id = UuidText(handing.press_id);
    bundle_ = {{"resourceType", "Bundle"},
               {"id", id},
               {"identifier", {{"system", "urn:ietf:rfc:3986"}, {"value", "urn:uuid:" + id}}},
               {"type", "collection"}};
    if (const auto at = eligibility::IsoTime(handing.answer.executed_at_raw.value_or(""))) bundle_["timestamp"] = *at;
    bundle_["entry"] = Json::array();
  }

  std::string Take() {
    const std::vector<Parts> parts = Name();
    const std::string patient_id = parts.empty() ? Id("Patient", 0) : parts.front().patient_id;
    const std::string facility_id = Id("Facility", 0);
    Add(fhir::Response(handing_, Id("CoverageEligibilityResponse", 0), patient_id, facility_id, parts));
    if (parts.empty()) Add(fhir::Patient(handing_, patient_id, nullptr));
    for (std::size_t at = 0; at < parts.size(); ++at) {
      if (parts[at].patient_id == Id("Patient", at)) AddPatient(parts[at], patient_id);
      Add(fhir::Coverage(handing_.answer, parts[at]));
      if (!parts[at].payer_id.empty()) Add(fhir::Payer(parts[at].payer_id, parts[at].result));
    }
    Add(fhir::Facility(facility_id, handing_.caller.institution_code));
    return bundle_.dump(-1, ' ', false, Json::error_handler_t::replace);
  }

 private:
  std::string Id(const char* kind, std::size_t at) const {
    return fhir::ResourceId(handing_.press_id, std::string(kind) + "/" + std::to_string(at));
  }

  // Who each result is about: the first result before it that says the same about the person, else one of its own.
  std::vector<Parts> Name() const {
    std::vector<Parts> named;
    const auto& results = handing_.answer.results;
    const auto& confirmed = handing_.confirmed_names;
    for (std::size_t at = 0; at < results.size(); ++at) {
      std::size_t same = 0;
      while (!fhir::SamePerson(results[same], results[at])) ++same;
      named.push_back({results[at], Id("Patient", same), Id("Coverage", at),
                       fhir::HasPayer(results[at]) ? Id("Payer", at) : std::string(),
                       at < confirmed.size() ? confirmed[at] : std::string()});
    }
    return named;
  }

  // Whoever is asked about is one person: a second description refers to the first.
  void AddPatient(const Parts& parts, const std::string& first_id) {
    Json patient = fhir::Patient(handing_, parts.patient_id, &parts.result);
    if (parts.patient_id != first_id) {
      patient["link"] = Json::array({{{"other", fhir::Reference(first_id)}, {"type", "seealso"}}});
    }
    Add(std::move(patient));
  }

  void Add(Json resource) {
    const std::string url = "urn:uuid:" + resource["id"].get<std::string>();
    bundle_["entry"].push_back({{"fullUrl", url}, {"resource", std::move(resource)}});
  }

  const Handing& handing_;
  Json bundle_;
};

}  // namespace

std::string FhirBundle(const Handing& handing) {
  return Bundle(handing).Take();
}

}  // namespace madoguchi::handoff
