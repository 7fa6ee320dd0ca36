// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/handing.h"

#include <nlohmann/json.hpp>

#include "server/eligibility/field_tables.h"

namespace madoguchi::handoff {
namespace {

using Json = nlohmann::json;
using eligibility::QualificationResult;

// Every member under its element's name. Absent members are left out; an empty text stays one.
template <class Table, class Part>
void PackFields(const Table& table, const Part& from, Json& to) {
  for (const auto& field : table) {
    if (const auto& text = from.*field.member) to[std::string(field.element)] = *text;
  }
}

template <class Table, class Part>
void UnpackFields(const Json& from, const Table& table, Part& to) {
  for (const auto& field : table) {
    if (const auto found = from.find(std::string(field.element)); found != from.end())
      to.*field.member = found->template get<std::string>();
  }
}

template <class Table, class Part>
Json PackOne(const Table& table, const Part& from) {
  Json to = Json::object();
  PackFields(table, from, to);
  return to;
}

Json PackResult(const QualificationResult& from) {
  Json to = PackOne(eligibility::kQualificationFields, from);
  if (const auto& elderly = from.elderly_recipient_certificate)
    to["elderly"] = PackOne(eligibility::kElderlyFields, *elderly);
  if (const auto& limit = from.limit_certificate) to["limit"] = PackOne(eligibility::kLimitFields, *limit);
  for (const auto& disease : from.specific_diseases_certificates)
    to["diseases"].push_back(PackOne(eligibility::kDiseaseFields, disease));
  for (const auto& ticket : from.medical_tickets) to["tickets"].push_back(PackOne(eligibility::kTicketFields, ticket));
  return to;
}

QualificationResult UnpackResult(const Json& from) {
  QualificationResult to;
  UnpackFields(from, eligibility::kQualificationFields, to);
  if (from.contains("elderly"))
    UnpackFields(from["elderly"], eligibility::kElderlyFields, to.elderly_recipient_certificate.emplace());
  if (from.contains("limit")) UnpackFields(from["limit"], eligibility::kLimitFields, to.limit_certificate.emplace());
  for (const Json& disease : from.value("diseases", Json::array()))
    UnpackFields(disease, eligibility::kDiseaseFields, to.specific_diseases_certificates.emplace_back());
  for (const Json& ticket : from.value("tickets", Json::array()))
    UnpackFields(ticket, eligibility::kTicketFields, to.medical_tickets.emplace_back());
  return to;
}

Json PackAnswer(const eligibility::Answer& from) {
  Json to = PackOne(eligibility::kHeaderFields, from);
  PackFields(eligibility::kBodyFields, from, to);
  if (from.search_info) to["search"] = PackOne(eligibility::kSearchFields, *from.search_info);
  to["results"] = Json::array();
  for (const auto& result : from.results) to["results"].push_back(PackResult(result));
  to["unknown"] = from.unknown_elements;
  return to;
}

eligibility::Answer UnpackAnswer(const Json& from) {
  eligibility::Answer to;
  UnpackFields(from, eligibility::kHeaderFields, to);
  UnpackFields(from, eligibility::kBodyFields, to);
  if (from.contains("search")) UnpackFields(from["search"], eligibility::kSearchFields, to.search_info.emplace());
  for (const Json& result : from.at("results")) to.results.push_back(UnpackResult(result));
  to.unknown_elements = from.at("unknown").get<std::vector<std::string>>();
  return to;
}

}  // namespace

std::string Pack(const Handing& handing) {
  const Json json = {{"institution_code", handing.caller.institution_code},
                     {"account", handing.caller.account_id},
                     {"desk", handing.caller.desk_id},
                     {"press", ToHex(handing.press_id)},
                     {"method", handing.method},
                     {"patient_number", handing.patient_number},
                     {"days_left", handing.certificate_days_left},
                     {"confirmed_names", handing.confirmed_names},
                     {"number_warnings", handing.number_warnings},
                     {"answer", PackAnswer(handing.answer)}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

Result<Handing> Unpack(ByteView packed) {
  const Json json = Json::parse(packed.begin(), packed.end(), nullptr, /*allow_exceptions=*/false);
  try {
    Handing handing;
    handing.caller = {json.at("institution_code"), json.at("account"), json.at("desk")};
    handing.press_id = FromHex(json.at("press").get<std::string>()).value_or(Bytes{});
    handing.method = json.at("method");
    handing.patient_number = json.at("patient_number");
    handing.certificate_days_left = json.at("days_left");
    handing.confirmed_names = json.at("confirmed_names").get<std::vector<std::string>>();
    handing.number_warnings = json.at("number_warnings").get<std::vector<std::string>>();
    handing.answer = UnpackAnswer(json.at("answer"));
    return handing;
  } catch (const Json::exception&) {
    return Error{ErrorCode::kHandoffKeyMissing, "not a packed result", {}};
  }
}

}  // namespace madoguchi::handoff
