// SPDX-License-Identifier: Apache-2.0
// Rows of the trail as other programs read them.
//   CSV   RFC 4180 with a line of names; a cell that a spreadsheet would take for a formula gets an apostrophe in front
//   FHIR  R4 AuditEvent, one JSON document a line. An answered check or inquiry follows IHE.BasicAudit.PatientQuery (of
//         IHE.BasicAudit.Query when no hash names the patient), a delivered hand-off
//         IHE.BasicAudit.PrivacyDisclosure.Source; what failed has the same shape and claims no profile, because the
//         profiles are of what succeeded. Everything else is a plain AuditEvent with the codes of the registry.
// No person is named: patients are keyed hashes, or the press they were checked with. Thread: any. Sources: IHE BALP
// 1.1.3, DICOM PS3.16 CID 400–403, FHIR R4 AuditEvent.
#pragma once
#include <string>
#include <string_view>

#include "server/audit/review_row.h"

namespace madoguchi::audit {

inline constexpr char kByteOrderMark[] = "\xEF\xBB\xBF";

std::string CsvHeader();                    // with its line end
std::string CsvLine(const ReviewRow& row);  // likewise
std::string FhirLine(const ReviewRow& row);

}  // namespace madoguchi::audit
