// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/field_list.h"

namespace madoguchi::handoff {

// Table names in the field lists are eligibility's.
using namespace eligibility;  // NOLINT(google-build-using-namespace)

#define MADOGUCHI_LIST(x, member, kind, table) \
  if (from.member) fields.push_back({#x, FieldKind::kind, *from.member, table});
#define MADOGUCHI_LIST_TEXT(x, element) MADOGUCHI_LIST(x, x, kText, nullptr)
#define MADOGUCHI_LIST_CODE(x, element, table) MADOGUCHI_LIST(x, x##_code, kCode, &table)
#define MADOGUCHI_LIST_DATE(x, element) MADOGUCHI_LIST(x, x##_raw, kDate, nullptr)
#define MADOGUCHI_LIST_TIME(x, element) MADOGUCHI_LIST(x, x##_raw, kTime, nullptr)
#define MADOGUCHI_LIST_RATIO(x, element) MADOGUCHI_LIST(x, x##_raw, kRatio, nullptr)
#define MADOGUCHI_LIST_ALL(FIELDS) \
  FIELDS(MADOGUCHI_LIST_TEXT, MADOGUCHI_LIST_CODE, MADOGUCHI_LIST_DATE, MADOGUCHI_LIST_TIME, MADOGUCHI_LIST_RATIO)

std::vector<Field> FieldsOf(const Answer& from) {
  std::vector<Field> fields;
  MADOGUCHI_LIST_ALL(MADOGUCHI_HEADER_FIELDS)
  MADOGUCHI_LIST_ALL(MADOGUCHI_BODY_FIELDS)
  return fields;
}

std::vector<Field> FieldsOf(const SearchInfo& from) {
  std::vector<Field> fields;
  MADOGUCHI_LIST_ALL(MADOGUCHI_SEARCH_INFO_FIELDS)
  return fields;
}

std::vector<Field> FieldsOf(const QualificationResult& from) {
  std::vector<Field> fields;
  MADOGUCHI_LIST_ALL(MADOGUCHI_QUALIFICATION_FIELDS)
  return fields;
}

std::vector<Field> FieldsOf(const ElderlyRecipientCertificate& from) {
  std::vector<Field> fields;
  MADOGUCHI_LIST_ALL(MADOGUCHI_ELDERLY_RECIPIENT_FIELDS)
  return fields;
}

std::vector<Field> FieldsOf(const LimitCertificate& from) {
  std::vector<Field> fields;
  MADOGUCHI_LIST_ALL(MADOGUCHI_LIMIT_CERTIFICATE_FIELDS)
  return fields;
}

std::vector<Field> FieldsOf(const SpecificDiseaseCertificate& from) {
  std::vector<Field> fields;
  MADOGUCHI_LIST_ALL(MADOGUCHI_SPECIFIC_DISEASE_FIELDS)
  return fields;
}

std::vector<Field> FieldsOf(const MedicalTicket& from) {
  std::vector<Field> fields;
  MADOGUCHI_LIST_ALL(MADOGUCHI_MEDICAL_TICKET_FIELDS)
  return fields;
}

}  // namespace madoguchi::handoff
