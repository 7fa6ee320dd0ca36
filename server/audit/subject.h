// SPDX-License-Identifier: Apache-2.0
// Whom a row is about, as the text that is hashed: the one place that says what counts as the same card, insurance or
// patient. Writers and searches both use it. Widths: full width becomes half width, kana become full width, spaces go.
//   card       issuer|serial of its certificate, hex. The same card gives the same hash until its certificate is
//              renewed (every 5 years, or when it is issued anew): then it is another card here, and the insurance
//              hash of the answers ties the two together.
//   insurance  insurer|symbol|number|branch: the insurer without padding (6 or 8 digits), the branch without leading
//              zeros, empty when absent
//   patient    the facility's own patient number
// Texts are personal data: hashed at once, never logged. Thread: any. Pure functions. Source: eligibility-result.md §7.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "contract/bytes.h"
#include "server/audit/trail.h"

namespace madoguchi::audit {

inline constexpr std::size_t kInsuranceHashesMax = 20;  // of one row: an answer may hold several insurances

struct Insurance {
  std::string_view insurer_number, symbol, number, branch;  // any width and padding; empty: absent
};

std::string CardSubject(ByteView issuer_der, ByteView serial);
std::string InsuranceSubject(const Insurance& insurance);
std::string PatientSubject(std::string_view patient_number);

// A patient number as it is kept and handed on: half width, without spaces around it.
std::string PlainPatientNumber(std::string_view typed);

// Of audit_event.insurance_hash: one hash per insurance, each once, comma-separated. Found again with
//   string_to_array(insurance_hash, ',') && <InsuranceHashesOfAllEpochs as text[]>      (index
//   audit_event_by_insurance)
std::string InsuranceHashes(const KeyedHash& hash, const std::vector<Insurance>& insurances);

// What a search looks for: each of the insurances, as every key would have hashed it, with its branch and without
// (answers may leave it out). At most 2 × kKeyEpochsMax per insurance.
std::vector<std::string> InsuranceHashesOfAllEpochs(const KeyedHash& hash, const std::vector<Insurance>& insurances);

}  // namespace madoguchi::audit
