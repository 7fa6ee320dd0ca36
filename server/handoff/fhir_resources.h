// SPDX-License-Identifier: Apache-2.0
// The resources of a result's bundle, each made on its own. See fhir_bundle.h for the rules, fhir_parts.h for the
// pieces. Thread: any, no state.
#pragma once
#include <string>
#include <vector>

#include "server/handoff/fhir_parts.h"
#include "server/handoff/handing.h"

namespace madoguchi::handoff {
namespace fhir {

inline constexpr char kMedicalAid[] = "A1";  // OQSCD010 医療扶助

// What is said about one result, and who it is said of.
struct Parts {
  const eligibility::QualificationResult& result;
  std::string patient_id, coverage_id;
  std::string payer_id;        // empty: nothing was received that names one
  std::string confirmed_name;  // Handing::confirmed_names; empty: none
};

// Whether insurance is in force. Nothing: it was not said.
std::optional<bool> InForce(const eligibility::Answer& answer, const eligibility::QualificationResult& result);

// Whether two results say the same about the person: then one Patient serves both.
bool SamePerson(const eligibility::QualificationResult& a, const eligibility::QualificationResult& b);
// result: null when there is none; then it is somebody of whom nothing was received.
Json Patient(const Handing& handing, const std::string& id, const eligibility::QualificationResult* result);

bool HasPayer(const eligibility::QualificationResult& result);
Json Payer(const std::string& id, const eligibility::QualificationResult& result);
Json Facility(const std::string& id, const std::string& institution_code);

// JP Core's 被保険者個人識別子 "00012345:あいう:１８７:05"; nothing for 医療扶助 or when a part has not its form.
std::optional<std::string> MemberId(const eligibility::QualificationResult& result);
Json Coverage(const eligibility::Answer& answer, const Parts& parts);

// patient_id: of the first result, or of the one of whom nothing was received.
Json Response(const Handing& handing, const std::string& id, const std::string& patient_id,
              const std::string& facility_id, const std::vector<Parts>& results);

}  // namespace fhir
}  // namespace madoguchi::handoff
