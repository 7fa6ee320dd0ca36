// SPDX-License-Identifier: Apache-2.0
#include <nlohmann/json.hpp>

#include "contract/crypto/digest.h"
#include "contract/error.h"
#include "contract/trail_events.h"
#include "server/audit/event.h"
#include "server/audit/review_export.h"

namespace madoguchi::audit {
namespace {

using Json = nlohmann::ordered_json;

constexpr char kDicom[] = "http://dicom.nema.org/resources/ontology/DCM";
constexpr char kEventType[] = "http://terminology.hl7.org/CodeSystem/audit-event-type";
constexpr char kRestful[] = "http://hl7.org/fhir/restful-interaction";
constexpr char kLifecycle[] = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle";
constexpr char kEntityType[] = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
constexpr char kObjectRole[] = "http://terminology.hl7.org/CodeSystem/object-role";
constexpr char kParticipation[] = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
constexpr char kSourceType[] = "http://terminology.hl7.org/CodeSystem/security-source-type";
constexpr char kBalpEntityType[] = "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType";
constexpr char kProfiles[] = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/";
constexpr char kOwn[] = "urn:madoguchi:";  // systems of our own identifiers

constexpr int kNetworkMachine = 1, kNetworkAddress = 2;

Json Coding(const char* system, std::string_view code, std::string_view display = {}) {
  Json coding = {{"system", system}, {"code", code}};
  if (!display.empty()) coding["display"] = display;
  return coding;
}

Json Concept(const char* system, std::string_view code, std::string_view display = {}) {
  return {{"coding", Json::array({Coding(system, code, display)})}};
}

Json Identified(const std::string& system, const std::string& value, const std::string& display = {}) {
  Json reference = {{"identifier", {{"system", kOwn + system}, {"value", value}}}};
  if (!display.empty()) reference["display"] = display;
  return reference;
}

Json Network(const std::string& address, int type) {
  return {{"address", address}, {"type", std::to_string(type)}};
}

Json Server(const ReviewRow& row) {
  return Identified("server", row[Field::kOwner], row[Field::kOwner]);
}

// The desk, or whichever program it came from.
Json ClientAgent(const ReviewRow& row, const char* dicom_role, const char* display) {
  const std::string& desk = row[Field::kDeskId];
  const std::string& name = row[Field::kDeskName].empty() ? desk : row[Field::kDeskName];
  Json agent = {{"type", Concept(kDicom, dicom_role, display)},
                {"who", desk.empty() ? Server(row) : Identified("desk", desk, name)},
                {"requestor", false}};
  const std::string& address = row[Field::kSourceAddress];
  agent["network"] = address.empty() ? Network(desk.empty() ? row[Field::kOwner] : desk, kNetworkMachine)
                                     : Network(address, kNetworkAddress);
  return agent;
}

Json ServerAgent(const ReviewRow& row, const char* dicom_role, const char* display) {
  return {{"type", Concept(kDicom, dicom_role, display)},
          {"who", Server(row)},
          {"requestor", false},
          {"network", Network(row[Field::kOwner], kNetworkMachine)}};
}

// The person who acted. Nobody known: nothing.
void AddUser(Json& agents, const ReviewRow& row) {
  const std::string& operator_code = row[Field::kOperatorCode];
  const std::string& who = operator_code.empty() ? row[Field::kActor] : operator_code;
  if (who.empty()) return;
  Json agent = {{"type", Concept(kParticipation, "IRCP", "information recipient")}};
  if (!row[Field::kRole].empty()) agent["role"] = Json::array({Concept("urn:madoguchi:role", row[Field::kRole])});
  agent["who"] = Identified(operator_code.empty() ? "actor" : "operator", who);
  agent["requestor"] = true;
  agents.push_back(std::move(agent));
}

// Whoever it was: by the hash that survives longest. Nothing names them: by the press. Neither: null.
Json PatientEntity(const ReviewRow& row) {
  const std::string& insurances = row[Field::kInsuranceHash];
  Json what;
  if (!row[Field::kPatientHash].empty())
    what = Identified("keyed-hash:patient", row[Field::kPatientHash]);
  else if (!insurances.empty())
    what = Identified("keyed-hash:insurance", insurances.substr(0, insurances.find(',')));
  else if (!row[Field::kCardHash].empty())
    what = Identified("keyed-hash:card", row[Field::kCardHash]);
  else if (!row[Field::kPressId].empty())
    what = Identified("press", row[Field::kPressId]);
  else
    return {};
  what["type"] = "Patient";
  return {{"what", what}, {"type", Coding(kEntityType, "1", "Person")}, {"role", Coding(kObjectRole, "1", "Patient")}};
}

Json QueryEntity(const ReviewRow& row) {
  std::string query = "method=" + row[Field::kMethod];
  if (!row[Field::kInquiryReason].empty()) query += "&reason=" + row[Field::kInquiryReason];
  if (!row[Field::kAccountId].empty()) query += "&account=" + row[Field::kAccountId];
  if (!row[Field::kInquiryId].empty()) query += "&inquiry=" + row[Field::kInquiryId];
  return {{"type", Coding(kEntityType, "2", "System Object")},
          {"role", Coding(kObjectRole, "24", "Query")},
          {"description", query},
          {"query", crypto::ToBase64(AsBytes(query))}};
}

// What belongs together has the same press and the same trace.
void AddTransaction(Json& entities, const ReviewRow& row) {
  const std::string& press = row[Field::kPressId];
  if (press.empty()) return;
  entities.push_back({{"what", Identified("press", press)}, {"type", Coding(kBalpEntityType, "XrequestId")}});
}

// What was handed over; the press stands for it when it was no file.
void AddFile(Json& entities, const ReviewRow& row) {
  const bool is_file = !row[Field::kFileName].empty();
  const std::string& name = row[is_file ? Field::kFileName : Field::kPressId];
  Json entity = {{"type", Coding(kEntityType, "2", "System Object")}, {"role", Coding(kObjectRole, "3", "Report")}};
  if (!name.empty()) entity["what"] = Identified(is_file ? "file" : "press", name);
  if (!row[Field::kFileSha256].empty())
    entity["detail"] = Json::array({{{"type", "sha256"}, {"valueString", row[Field::kFileSha256]}}});
  entities.push_back(std::move(entity));
}

void FillQuery(Json& event, const ReviewRow& row, bool succeeded) {
  Json patient = PatientEntity(row);
  if (succeeded && row[Field::kEvent] == action::kCheckOutcome)
    event["meta"]["profile"] = {
        kProfiles + std::string(patient.is_null() ? "IHE.BasicAudit.Query" : "IHE.BasicAudit.PatientQuery")};
  event["type"] = Coding(kEventType, "rest", "RESTful Operation");
  event["subtype"] = Json::array({Coding(kRestful, "search", "search"), Coding(kDicom, "110112", "Query")});
  event["action"] = "E";
  event["agent"] =
      Json::array({ClientAgent(row, "110153", "Source Role ID"), ServerAgent(row, "110152", "Destination Role ID")});
  AddUser(event["agent"], row);
  event["entity"] = Json::array();
  if (!patient.is_null()) event["entity"].push_back(std::move(patient));
  event["entity"].push_back(QueryEntity(row));
  AddTransaction(event["entity"], row);
}

void FillDisclosure(Json& event, const ReviewRow& row, bool succeeded) {
  Json patient = PatientEntity(row);
  if (succeeded && !patient.is_null())
    event["meta"]["profile"] = {kProfiles + std::string("IHE.BasicAudit.PrivacyDisclosure.Source")};
  event["type"] = Coding(kDicom, "110106", "Export");
  event["subtype"] = Json::array({Coding(kLifecycle, "disclose", "Disclose Record Lifecycle Event")});
  event["action"] = "R";
  const std::string receiver = row[Field::kDestination].empty() ? "receipt-computer" : row[Field::kDestination];
  Json recipient = {{"type", Concept(kDicom, "110152", "Destination Role ID")},
                    {"who", Identified("destination", receiver, receiver)},
                    {"requestor", false},
                    {"network", Network(receiver, kNetworkMachine)}};
  event["agent"] = Json::array({ServerAgent(row, "110153", "Source Role ID"), std::move(recipient)});
  AddUser(event["agent"], row);
  event["entity"] = Json::array();
  if (!patient.is_null()) event["entity"].push_back(std::move(patient));
  AddFile(event["entity"], row);
}

void FillPlain(Json& event, const ReviewRow& row, const TrailEvent* known) {
  event["type"] =
      known == nullptr ? Coding("urn:madoguchi:event", row[Field::kEvent]) : Coding(kDicom, known->dicom_id);
  event["subtype"] = Json::array(
      {Coding("urn:madoguchi:event", row[Field::kEvent], known == nullptr ? std::string_view() : known->en)});
  if (known != nullptr && !known->dicom_type.empty()) event["subtype"].push_back(Coding(kDicom, known->dicom_type));
  event["action"] = std::string(1, known == nullptr ? 'E' : known->act);
  event["agent"] = Json::array({row[Field::kDeskId].empty() ? ServerAgent(row, "110150", "Application")
                                                            : ClientAgent(row, "110150", "Application")});
  AddUser(event["agent"], row);
  Json entities = Json::array();
  AddTransaction(entities, row);
  if (!row[Field::kFileName].empty()) AddFile(entities, row);
  if (!entities.empty()) event["entity"] = std::move(entities);
}

}  // namespace

std::string FhirLine(const ReviewRow& row) {
  const TrailEvent* known = FindTrailEvent(row[Field::kEvent]);
  const bool succeeded = row[Field::kCode] == "0";
  const std::optional<ErrorCode> code =
      succeeded ? std::nullopt : FindErrorCode(static_cast<int>(std::strtol(row[Field::kCode].c_str(), nullptr, 10)));
  Json event = {{"resourceType", "AuditEvent"}, {"id", row[Field::kRecordId]}};
  const Profile profile = known == nullptr ? Profile::kBasic : known->profile;
  Json body;
  if (profile == Profile::kPatientQuery)
    FillQuery(body, row, succeeded);
  else if (profile == Profile::kPrivacyDisclosureSource)
    FillDisclosure(body, row, succeeded);
  else
    FillPlain(body, row, known);
  for (const char* name : {"meta", "type", "subtype", "action"})
    if (body.contains(name)) event[name] = std::move(body[name]);
  event["recorded"] = row[Field::kRecordedAt];
  event["outcome"] = succeeded ? "0" : "4";
  if (code) event["outcomeDesc"] = row[Field::kCode] + " " + std::string(Describe(*code).what_en);
  event["agent"] = std::move(body["agent"]);
  event["source"] = {{"observer", Server(row)},
                     {"type", Json::array({Coding(kSourceType, "4", "Application Server")})}};
  if (!row[Field::kInstitutionCode].empty()) event["source"]["site"] = row[Field::kInstitutionCode];
  if (body.contains("entity")) event["entity"] = std::move(body["entity"]);
  return event.dump(-1, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace madoguchi::audit
