// SPDX-License-Identifier: Apache-2.0
// The received fields of one part of an answer as a list, in the order of eligibility's tables: every form of a
// result is made from it, so that a field that is added there is in all of them. Thread: any, no state. The list points
// into the part it was made of and must not outlive it. Holds personal data: never logged.
#pragma once
#include <string>
#include <string_view>
#include <vector>

#include "server/eligibility/field_tables.h"

namespace madoguchi::handoff {

using eligibility::FieldKind;

struct Field {
  std::string_view name;  // as in result_fields.h, without _code or _raw
  FieldKind kind;
  const std::string& received;
  const eligibility::CodeTable* table;  // of a kCode, else null
};

// Only what was received; an empty text was received. Of an answer: header and body; its lists are the caller's.
std::vector<Field> FieldsOf(const eligibility::Answer& answer);
std::vector<Field> FieldsOf(const eligibility::SearchInfo& search);
std::vector<Field> FieldsOf(const eligibility::QualificationResult& result);
std::vector<Field> FieldsOf(const eligibility::ElderlyRecipientCertificate& certificate);
std::vector<Field> FieldsOf(const eligibility::LimitCertificate& certificate);
std::vector<Field> FieldsOf(const eligibility::SpecificDiseaseCertificate& certificate);
std::vector<Field> FieldsOf(const eligibility::MedicalTicket& ticket);

}  // namespace madoguchi::handoff
