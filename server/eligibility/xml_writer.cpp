// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/xml_writer.h"

#include <utility>

#include "server/eligibility/field_tables.h"
#include "server/eligibility/xml_output.h"

namespace madoguchi::eligibility {
namespace {

// The header's elements come by turns from the answer and from the envelope.
void WriteHeader(const Envelope& envelope, const Answer& answer, XmlEncoding encoding, XmlOutput& out) {
  out.Open("MessageHeader");
  out.Leaves(kHeaderFields, answer, {}, "QualificationConfirmationDate");
  out.Leaves(kEnvelopeFields, envelope, {}, "ArbitraryFileIdentifier");
  out.Leaves(kHeaderFields, answer, "QualificationConfirmationDate");
  out.Leaves(kEnvelopeFields, envelope, "ArbitraryFileIdentifier", "ErrorMessage");
  out.Leaf("CharacterCodeIdentifier", std::string_view(encoding == XmlEncoding::kUtf8 ? "0" : "1"));  // OQSCD005
  out.Close();
}

template <class Fields, class Owner>
void WriteBlock(std::string_view element, const Fields& fields, const Owner& owner, XmlOutput& out) {
  out.Open(element);
  out.Leaves(fields, owner);
  out.Close();
}

// An empty list is left out like everything else that is absent.
template <class Fields, class Owner>
void WriteList(std::string_view list, std::string_view entry, const Fields& fields, const std::vector<Owner>& entries,
               XmlOutput& out) {
  if (entries.empty()) return;
  out.Open(list);
  for (const Owner& owner : entries) WriteBlock(entry, fields, owner, out);
  out.Close();
}

// The blocks stand between the fields, each behind the one that announces it.
void WriteResult(const QualificationResult& result, XmlOutput& out) {
  constexpr std::string_view kBeforeElderly = "InsurerName";
  constexpr std::string_view kBeforeLimit = "LimitApplicationCertificateRelatedConsTime";
  constexpr std::string_view kBeforeDiseases = "SpecificDiseasesCertificateRelatedConsTime";
  out.Open("ResultOfQualificationConfirmation");
  out.Leaves(kQualificationFields, result, {}, kBeforeElderly);
  if (const auto& elderly = result.elderly_recipient_certificate) {
    WriteBlock("ElderlyRecipientCertificateInfo", kElderlyFields, *elderly, out);
  }
  out.Leaves(kQualificationFields, result, kBeforeElderly, kBeforeLimit);
  if (const auto& limit = result.limit_certificate) {
    WriteBlock("LimitApplicationCertificateRelatedInfo", kLimitFields, *limit, out);
  }
  out.Leaves(kQualificationFields, result, kBeforeLimit, kBeforeDiseases);
  WriteList("SpecificDiseasesCertificateList", "SpecificDiseasesCertificateInfo", kDiseaseFields,
            result.specific_diseases_certificates, out);
  WriteList("PublicExpenseResultList", "MedicalTicketInfo", kTicketFields, result.medical_tickets, out);
  out.Leaves(kQualificationFields, result, kBeforeDiseases);
  out.Close();
}

}  // namespace

Result<std::string> WriteXmlAnswer(const Envelope& envelope, const Answer& answer, XmlEncoding encoding) {
  XmlOutput out(encoding);
  out.Open("XmlMsg");
  WriteHeader(envelope, answer, encoding, out);
  out.Open("MessageBody");
  out.Leaves(kBodyFields, answer);
  if (answer.search_info) WriteBlock("QualificationConfirmSearchInfo", kSearchFields, *answer.search_info, out);
  if (!answer.results.empty()) {
    out.Open("ResultList");
    for (const QualificationResult& result : answer.results) WriteResult(result, out);
    out.Close();
  }
  out.Close();
  out.Close();
  return std::move(out).Take();
}

}  // namespace madoguchi::eligibility
