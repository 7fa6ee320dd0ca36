// SPDX-License-Identifier: Apache-2.0
// The vocabulary of result_fields.h as tables: what goes through all fields of a part of an answer goes through these
// (reading and writing XML, packing a result, the forms of a hand-off). Thread: any, constants.
#pragma once
#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "server/eligibility/code_tables.h"
#include "server/eligibility/xml_answer.h"

namespace madoguchi::eligibility {

enum class FieldKind { kText, kCode, kDate, kTime, kRatio };

template <class Owner>
struct Field {
  std::string_view name;  // as in result_fields.h, without _code or _raw
  std::string_view element;
  std::optional<std::string> Owner::*member;
  FieldKind kind;
  const CodeTable* table;  // of a kCode, else null
};

#define MADOGUCHI_FIELD(x, element, member, kind, table) \
  Field<Owner>{#x, element, &Owner::member, FieldKind::kind, table},
#define MADOGUCHI_TEXT_FIELD(x, element) MADOGUCHI_FIELD(x, element, x, kText, nullptr)
#define MADOGUCHI_CODE_FIELD(x, element, table) MADOGUCHI_FIELD(x, element, x##_code, kCode, &table)
#define MADOGUCHI_DATE_FIELD(x, element) MADOGUCHI_FIELD(x, element, x##_raw, kDate, nullptr)
#define MADOGUCHI_TIME_FIELD(x, element) MADOGUCHI_FIELD(x, element, x##_raw, kTime, nullptr)
#define MADOGUCHI_RATIO_FIELD(x, element) MADOGUCHI_FIELD(x, element, x##_raw, kRatio, nullptr)
#define MADOGUCHI_FIELD_TABLE(OWNER, FIELDS)                                                                     \
  [] {                                                                                                           \
    using Owner = OWNER;                                                                                         \
    return std::to_array<Field<Owner>>({FIELDS(MADOGUCHI_TEXT_FIELD, MADOGUCHI_CODE_FIELD, MADOGUCHI_DATE_FIELD, \
                                               MADOGUCHI_TIME_FIELD, MADOGUCHI_RATIO_FIELD)});                   \
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
