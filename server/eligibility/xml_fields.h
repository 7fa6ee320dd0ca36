// SPDX-License-Identifier: Apache-2.0
// Element name ↔ member, as tables made from result_fields.h: what the reading and the writing of XML share. Thread:
// any, constants.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "server/eligibility/xml_answer.h"

namespace madoguchi::eligibility {

template <class Owner>
struct Field {
  std::string_view element;
  std::optional<std::string> Owner::*member;
};

#define MADOGUCHI_TEXT_FIELD(x, element) Field<Owner>{element, &Owner::x},
#define MADOGUCHI_CODE_FIELD(x, element, table) Field<Owner>{element, &Owner::x##_code},
#define MADOGUCHI_RAW_FIELD(x, element) Field<Owner>{element, &Owner::x##_raw},
#define MADOGUCHI_FIELD_TABLE(OWNER, FIELDS)                                                                    \
  [] {                                                                                                          \
    using Owner = OWNER;                                                                                        \
    return std::to_array<Field<Owner>>({FIELDS(MADOGUCHI_TEXT_FIELD, MADOGUCHI_CODE_FIELD, MADOGUCHI_RAW_FIELD, \
                                               MADOGUCHI_RAW_FIELD, MADOGUCHI_RAW_FIELD)});                     \
  }()

inline constexpr auto kEnvelopeFields = MADOGUCHI_FIELD_TABLE(Envelope, MADOGUCHI_ENVELOPE_FIELDS);
inline constexpr auto kHeaderFields = MADOGUCHI_FIELD_TABLE(Answer, MADOGUCHI_HEADER_FIELDS);
inline constexpr auto kBodyFields = MADOGUCHI_FIELD_TABLE(Answer, MADOGUCHI_BODY_FIELDS);
inline constexpr auto kSearchFields = MADOGUCHI_FIELD_TABLE(SearchInfo, MADOGUCHI_SEARCH_INFO_FIELDS);
inline constexpr auto kQualificationFields = MADOGUCHI_FIELD_TABLE(QualificationResult, MADOGUCHI_QUALIFICATION_FIELDS);
inline constexpr auto kElderlyFields =
    MADOGUCHI_FIELD_TABLE(ElderlyRecipientCertificate, MADOGUCHI_ELDERLY_RECIPIENT_FIELDS);
inline constexpr auto kLimitFields = MADOGUCHI_FIELD_TABLE(LimitCertificate, MADOGUCHI_LIMIT_CERTIFICATE_FIELDS);
inline constexpr auto kDiseaseFields =
    MADOGUCHI_FIELD_TABLE(SpecificDiseaseCertificate, MADOGUCHI_SPECIFIC_DISEASE_FIELDS);
inline constexpr auto kTicketFields = MADOGUCHI_FIELD_TABLE(MedicalTicket, MADOGUCHI_MEDICAL_TICKET_FIELDS);

}  // namespace madoguchi::eligibility
