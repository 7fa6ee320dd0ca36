// SPDX-License-Identifier: Apache-2.0
#include "server/desk/answer_wire.h"

#include <optional>
#include <string>

#include "server/eligibility/code_tables.h"
#include "server/eligibility/meanings.h"

namespace madoguchi::desk {
namespace {

// Table names in the field lists are eligibility's.
using namespace eligibility;  // NOLINT(google-build-using-namespace)

// Each kind of field, from `from` to `to`.
#define MADOGUCHI_SET_TEXT(x, element) \
  if (from.x) to.set_##x(*from.x);
#define MADOGUCHI_SET_CODE(x, element, table)                                                     \
  if (from.x##_code) {                                                                            \
    to.set_##x##_code(*from.x##_code);                                                            \
    if (const auto meaning = MeaningOf(table, *from.x##_code)) to.set_##x(std::string(*meaning)); \
  }
#define MADOGUCHI_SET_RAW(x, Convert)                                \
  if (from.x##_raw) {                                                \
    to.set_##x##_raw(*from.x##_raw);                                 \
    if (const auto text = Convert(*from.x##_raw)) to.set_##x(*text); \
  }
#define MADOGUCHI_SET_DATE(x, element) MADOGUCHI_SET_RAW(x, IsoDate)
#define MADOGUCHI_SET_TIME(x, element) MADOGUCHI_SET_RAW(x, IsoTime)
#define MADOGUCHI_SET_RATIO(x, element) MADOGUCHI_SET_RAW(x, Ratio)
#define MADOGUCHI_SET_ALL(FIELDS) \
  FIELDS(MADOGUCHI_SET_TEXT, MADOGUCHI_SET_CODE, MADOGUCHI_SET_DATE, MADOGUCHI_SET_TIME, MADOGUCHI_SET_RATIO)

void Fill(const ElderlyRecipientCertificate& from, v1::ElderlyRecipientCertificate& to) {
  MADOGUCHI_SET_ALL(MADOGUCHI_ELDERLY_RECIPIENT_FIELDS)
}

void Fill(const LimitCertificate& from, v1::LimitCertificate& to) {
  MADOGUCHI_SET_ALL(MADOGUCHI_LIMIT_CERTIFICATE_FIELDS)
}

void Fill(const SpecificDiseaseCertificate& from, v1::SpecificDiseaseCertificate& to) {
  MADOGUCHI_SET_ALL(MADOGUCHI_SPECIFIC_DISEASE_FIELDS)
}

void Fill(const MedicalTicket& from, v1::MedicalTicket& to) {
  MADOGUCHI_SET_ALL(MADOGUCHI_MEDICAL_TICKET_FIELDS)
}

void Fill(const SearchInfo& from, v1::SearchInfo& to) {
  MADOGUCHI_SET_ALL(MADOGUCHI_SEARCH_INFO_FIELDS)
}

// What two people of the facility confirmed goes before the usual replacements.
void FillNotes(const std::string& name, const KnownName& known, v1::QualificationResult& to) {
  const NameNotes notes = NotesOn(name);
  if (notes.empty() && !known.confirmed && !known.proposed) return;
  v1::NameNotes& written = *to.mutable_name_notes();
  for (const std::uint32_t position : notes.unresolved) written.add_unresolved(position);
  for (const std::string& character : notes.outside_jis_x_0208) written.add_outside_jis_x_0208(character);
  if (const auto& safe = known.confirmed ? known.confirmed : notes.claim_safe_name) {
    written.set_claim_safe_name(*safe);
    written.set_claim_safe_from(known.confirmed ? "mapping" : "characters");
  }
  if (known.proposed) written.set_proposed_name(*known.proposed);
}

void Fill(const QualificationResult& from, v1::QualificationResult& to) {
  MADOGUCHI_SET_ALL(MADOGUCHI_QUALIFICATION_FIELDS)
  if (from.elderly_recipient_certificate) {
    Fill(*from.elderly_recipient_certificate, *to.mutable_elderly_recipient_certificate());
  }
  if (from.limit_certificate) Fill(*from.limit_certificate, *to.mutable_limit_certificate());
  for (const auto& disease : from.specific_diseases_certificates)
    Fill(disease, *to.add_specific_diseases_certificates());
  for (const auto& ticket : from.medical_tickets) Fill(ticket, *to.add_medical_tickets());
}

}  // namespace

v1::EligibilityAnswer ToMessage(const eligibility::Answer& from, std::optional<int> certificate_days_left,
                                const std::vector<eligibility::KnownName>& names) {
  v1::EligibilityAnswer to;
  MADOGUCHI_SET_ALL(MADOGUCHI_HEADER_FIELDS)
  MADOGUCHI_SET_ALL(MADOGUCHI_BODY_FIELDS)
  if (from.search_info) Fill(*from.search_info, *to.mutable_search_info());
  for (std::size_t i = 0; i < from.results.size(); ++i) {
    Fill(from.results[i], *to.add_results());
    if (!from.results[i].name) continue;
    FillNotes(*from.results[i].name, i < names.size() ? names[i] : KnownName{},
              *to.mutable_results(static_cast<int>(i)));
  }
  for (const auto& name : from.unknown_elements) to.add_unknown_elements(name);
  if (certificate_days_left) to.set_card_certificate_days_left(*certificate_days_left);
  return to;
}

void SetResult(const check::CheckResult& result, v1::CheckAnswer& answer) {
  v1::EligibilityAnswer& to = *answer.mutable_answer();
  to = ToMessage(result.answer, result.certificate_days_left, result.names);
  for (const std::string& word : result.number_warnings) to.add_number_warnings(word);
  answer.set_birthdate_differs(result.birthdate_differs);
  for (const std::string& channel : result.handoff) answer.add_handoff(channel);
  answer.set_handoff_not_kept(result.handoff_not_kept);
}

}  // namespace madoguchi::desk
