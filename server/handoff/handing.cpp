// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/handing.h"

#include <nlohmann/json.hpp>

namespace madoguchi::handoff {
namespace {

using Json = nlohmann::json;
using eligibility::QualificationResult;

// Every member under its element's name. Absent members are left out; an empty text stays one.
#define MADOGUCHI_PACK(x, element) \
  if (from.x) to[element] = *from.x;
#define MADOGUCHI_PACK_CODE(x, element, table) MADOGUCHI_PACK(x##_code, element)
#define MADOGUCHI_PACK_RAW(x, element) MADOGUCHI_PACK(x##_raw, element)
#define MADOGUCHI_UNPACK(x, element) \
  if (const auto found = from.find(element); found != from.end()) to.x = found->get<std::string>();
#define MADOGUCHI_UNPACK_CODE(x, element, table) MADOGUCHI_UNPACK(x##_code, element)
#define MADOGUCHI_UNPACK_RAW(x, element) MADOGUCHI_UNPACK(x##_raw, element)
#define MADOGUCHI_PACK_ALL(FIELDS) \
  FIELDS(MADOGUCHI_PACK, MADOGUCHI_PACK_CODE, MADOGUCHI_PACK_RAW, MADOGUCHI_PACK_RAW, MADOGUCHI_PACK_RAW)
#define MADOGUCHI_UNPACK_ALL(FIELDS) \
  FIELDS(MADOGUCHI_UNPACK, MADOGUCHI_UNPACK_CODE, MADOGUCHI_UNPACK_RAW, MADOGUCHI_UNPACK_RAW, MADOGUCHI_UNPACK_RAW)
#define MADOGUCHI_PACKED(Owner, FIELDS)               \
  Json PackOne(const eligibility::Owner& from) {      \
    Json to = Json::object();                         \
    MADOGUCHI_PACK_ALL(FIELDS)                        \
    return to;                                        \
  }                                                   \
  void UnpackOne(const Json& from, eligibility::Owner& to) { MADOGUCHI_UNPACK_ALL(FIELDS) }

MADOGUCHI_PACKED(ElderlyRecipientCertificate, MADOGUCHI_ELDERLY_RECIPIENT_FIELDS)
MADOGUCHI_PACKED(LimitCertificate, MADOGUCHI_LIMIT_CERTIFICATE_FIELDS)
MADOGUCHI_PACKED(SpecificDiseaseCertificate, MADOGUCHI_SPECIFIC_DISEASE_FIELDS)
MADOGUCHI_PACKED(MedicalTicket, MADOGUCHI_MEDICAL_TICKET_FIELDS)
MADOGUCHI_PACKED(SearchInfo, MADOGUCHI_SEARCH_INFO_FIELDS)

Json PackResult(const QualificationResult& from) {
  Json to = Json::object();
  MADOGUCHI_PACK_ALL(MADOGUCHI_QUALIFICATION_FIELDS)
  if (from.elderly_recipient_certificate) to["elderly"] = PackOne(*from.elderly_recipient_certificate);
  if (from.limit_certificate) to["limit"] = PackOne(*from.limit_certificate);
  for (const auto& disease : from.specific_diseases_certificates) to["diseases"].push_back(PackOne(disease));
  for (const auto& ticket : from.medical_tickets) to["tickets"].push_back(PackOne(ticket));
  return to;
}

QualificationResult UnpackResult(const Json& from) {
  QualificationResult to;
  MADOGUCHI_UNPACK_ALL(MADOGUCHI_QUALIFICATION_FIELDS)
  if (from.contains("elderly")) UnpackOne(from["elderly"], to.elderly_recipient_certificate.emplace());
  if (from.contains("limit")) UnpackOne(from["limit"], to.limit_certificate.emplace());
  for (const Json& disease : from.value("diseases", Json::array())) {
    UnpackOne(disease, to.specific_diseases_certificates.emplace_back());
  }
  for (const Json& ticket : from.value("tickets", Json::array())) UnpackOne(ticket, to.medical_tickets.emplace_back());
  return to;
}

Json PackAnswer(const eligibility::Answer& from) {
  Json to = Json::object();
  MADOGUCHI_PACK_ALL(MADOGUCHI_HEADER_FIELDS)
  MADOGUCHI_PACK_ALL(MADOGUCHI_BODY_FIELDS)
  if (from.search_info) to["search"] = PackOne(*from.search_info);
  to["results"] = Json::array();
  for (const auto& result : from.results) to["results"].push_back(PackResult(result));
  to["unknown"] = from.unknown_elements;
  return to;
}

eligibility::Answer UnpackAnswer(const Json& from) {
  eligibility::Answer to;
  MADOGUCHI_UNPACK_ALL(MADOGUCHI_HEADER_FIELDS)
  MADOGUCHI_UNPACK_ALL(MADOGUCHI_BODY_FIELDS)
  if (from.contains("search")) UnpackOne(from["search"], to.search_info.emplace());
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
