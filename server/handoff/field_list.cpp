// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/field_list.h"

namespace madoguchi::handoff {
namespace {

template <class Table, class Part>
std::vector<Field> Received(const Table& table, const Part& part, std::vector<Field> fields = {}) {
  for (const auto& field : table) {
    if (const auto& received = part.*field.member) fields.push_back({field.name, field.kind, *received, field.table});
  }
  return fields;
}

}  // namespace

std::vector<Field> FieldsOf(const eligibility::Answer& answer) {
  return Received(eligibility::kBodyFields, answer, Received(eligibility::kHeaderFields, answer));
}

std::vector<Field> FieldsOf(const eligibility::SearchInfo& search) {
  return Received(eligibility::kSearchFields, search);
}

std::vector<Field> FieldsOf(const eligibility::QualificationResult& result) {
  return Received(eligibility::kQualificationFields, result);
}

std::vector<Field> FieldsOf(const eligibility::ElderlyRecipientCertificate& certificate) {
  return Received(eligibility::kElderlyFields, certificate);
}

std::vector<Field> FieldsOf(const eligibility::LimitCertificate& certificate) {
  return Received(eligibility::kLimitFields, certificate);
}

std::vector<Field> FieldsOf(const eligibility::SpecificDiseaseCertificate& certificate) {
  return Received(eligibility::kDiseaseFields, certificate);
}

std::vector<Field> FieldsOf(const eligibility::MedicalTicket& ticket) {
  return Received(eligibility::kTicketFields, ticket);
}

}  // namespace madoguchi::handoff
