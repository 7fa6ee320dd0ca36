// SPDX-License-Identifier: Apache-2.0
// A result as one FHIR R4 (4.0.1) Bundle of type collection: one CoverageEligibilityResponse (base R4: JP Core has no
// profile of it), the Patient and for every result a Coverage and its payer Organization (JP Core), and the facility.
// All results are there, 医療扶助 as a Coverage of its own; an answer without a result has no Coverage, and a response
// still. Rules, in the order of their weight:
//   - nothing is valid that was not answered valid: inforce true and Coverage.status active only with
//   QualificationValidity 1, no error,
//     and no date of loss that has come; inforce false with 2 to 5; with any other validity (6 too) neither is said,
//     and status is draft;
//   - nothing but what was received, and forms of it that JP Core prescribes (FullWidth, InsurerNumber8, the two
//   identifiers);
//   - what has no place or no form in FHIR, and every code, stands as received in extensions of ours, field by field
//   under its own name.
// Ids come from the press id alone: the same handing gives the same bytes. Thread: any, no state. Holds personal data:
// never logged. Source: reference/eligibility-result.md §5; JP Core 1.x. docs/handoff.md has an example,
// docs/decisions/0014 the reasons.
#pragma once
#include <string>

#include "server/handoff/handing.h"

namespace madoguchi::handoff {

// One line of UTF-8 (application/fhir+json).
std::string FhirBundle(const Handing& handing);

}  // namespace madoguchi::handoff
