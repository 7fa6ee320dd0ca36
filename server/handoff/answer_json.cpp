// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/answer_json.h"

#include <nlohmann/json.hpp>

#include "server/eligibility/meanings.h"
#include "server/eligibility/name_notes.h"
#include "server/handoff/field_list.h"

namespace madoguchi::handoff {
namespace {

using Json = nlohmann::ordered_json;

std::optional<std::string> MeaningOf(const Field& field) {
  switch (field.kind) {
    case FieldKind::kText:
      return std::nullopt;
    case FieldKind::kCode: {
      const auto meaning = eligibility::MeaningOf(*field.table, field.received);
      return meaning ? std::optional<std::string>(*meaning) : std::nullopt;
    }
    case FieldKind::kDate:
      return eligibility::IsoDate(field.received);
    case FieldKind::kTime:
      return eligibility::IsoTime(field.received);
    case FieldKind::kRatio:
      return eligibility::Ratio(field.received);
  }
  return std::nullopt;
}

template <class Part>
void Put(const Part& part, Json& to) {
  for (const Field& field : FieldsOf(part)) {
    const std::string name(field.name);
    if (field.kind == FieldKind::kText) {
      to[name] = field.received;
      continue;
    }
    to[name + (field.kind == FieldKind::kCode ? "_code" : "_raw")] = field.received;
    if (auto meaning = MeaningOf(field)) to[name] = *std::move(meaning);
  }
}

template <class Part>
Json One(const Part& part) {
  Json to = Json::object();
  Put(part, to);
  return to;
}

// Absent when there is nothing to know. What two people confirmed goes before the usual replacements.
void PutNameNotes(const eligibility::QualificationResult& result, const std::string& confirmed, Json& to) {
  if (!result.name) return;
  const eligibility::NameNotes notes = eligibility::NotesOn(*result.name);
  if (notes.empty() && confirmed.empty()) return;
  Json& out = to["name_notes"] = Json::object();
  if (!notes.unresolved.empty()) out["unresolved"] = notes.unresolved;
  if (!notes.outside_jis_x_0208.empty()) out["outside_jis_x_0208"] = notes.outside_jis_x_0208;
  if (!confirmed.empty() || notes.claim_safe_name) {
    out["claim_safe_name"] = confirmed.empty() ? *notes.claim_safe_name : confirmed;
    out["claim_safe_from"] = confirmed.empty() ? "characters" : "mapping";
  }
}

Json ResultJson(const eligibility::QualificationResult& result, const std::string& confirmed_name) {
  Json to = One(result);
  if (result.elderly_recipient_certificate)
    to["elderly_recipient_certificate"] = One(*result.elderly_recipient_certificate);
  if (result.limit_certificate) to["limit_certificate"] = One(*result.limit_certificate);
  for (const auto& disease : result.specific_diseases_certificates)
    to["specific_diseases_certificates"].push_back(One(disease));
  for (const auto& ticket : result.medical_tickets) to["medical_tickets"].push_back(One(ticket));
  PutNameNotes(result, confirmed_name, to);
  return to;
}

}  // namespace

std::string AnswerJson(const Handing& handing) {
  const eligibility::Answer& answer = handing.answer;
  Json to = {{"press_id", UuidText(handing.press_id)},
             {"desk", handing.caller.desk_id},
             {"institution_code", handing.caller.institution_code},
             {"account_id", handing.caller.account_id},
             {"method", handing.method}};
  if (!handing.patient_number.empty()) to["patient_number"] = handing.patient_number;
  Put(answer, to);
  if (handing.certificate_days_left >= 0) to["card_certificate_days_left"] = handing.certificate_days_left;
  if (!handing.number_warnings.empty()) to["number_warnings"] = handing.number_warnings;
  if (answer.search_info) to["search_info"] = One(*answer.search_info);
  to["results"] = Json::array();
  for (std::size_t at = 0; at < answer.results.size(); ++at) {
    const auto& names = handing.confirmed_names;
    to["results"].push_back(ResultJson(answer.results[at], at < names.size() ? names[at] : std::string()));
  }
  if (!answer.unknown_elements.empty()) to["unknown_elements"] = answer.unknown_elements;
  return to.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace madoguchi::handoff
