// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/result_json.h"

#include <google/protobuf/util/json_util.h>

#include <array>
#include <nlohmann/json.hpp>

#include "madoguchi/v1/result.pb.h"
#include "terminal/link/link.h"

namespace madoguchi::agent {
namespace {

using Json = nlohmann::ordered_json;

// Everything after the press adds up to total; detect came before it.
Json PhasesJson(const Checked& checked) {
  const Phases phases = PhasesOf(checked);
  return {{"detect", checked.card.detect_us},    {"card", phases.card.count()},
          {"desk", phases.desk.count()},         {"link", phases.link.count()},
          {"server", phases.server.count()},     {"database", phases.database.count()},
          {"national", phases.national.count()}, {"total", phases.total.count()}};
}

Json StepsJson(const Checked& checked) {
  Json steps = Json::array();
  for (const StepFigure& step : checked.card.steps)
    steps.push_back({{"script", step.script}, {"step", step.step}, {"us", step.microseconds}, {"apdus", step.apdus}});
  return steps;
}

// What the person at the desk stated; words as on the command line.
Json AttestationJson(const link::Attestation& attestation) {
  Json out = Json::object();
  const auto presenter = static_cast<std::size_t>(attestation.presenter);
  const auto photo = static_cast<std::size_t>(attestation.photo);
  constexpr std::array<const char*, 4> kPresenters = {"", "holder", "guardian", "assisted"};
  constexpr std::array<const char*, 4> kPhotos = {"", "compared", "no-photo", "another"};
  if (presenter > 0 && presenter < kPresenters.size()) out["presenter"] = kPresenters[presenter];
  if (photo > 0 && photo < kPhotos.size()) out["photo"] = kPhotos[photo];
  return out;
}

// int32 fields become JSON numbers, strings stay strings, absent fields are left out.
Json Fields(const v1::EligibilityAnswer& answer) {
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(answer, &text, options).ok()) return Json::object();
  Json fields = Json::parse(text, nullptr, false);
  return fields.is_object() ? fields : Json::object();
}

void AddFields(const v1::EligibilityAnswer& answer, Json& check) {
  const Json fields = Fields(answer);
  for (const auto& [name, value] : fields.items()) check[name] = value;
  if (!check.contains("results")) check["results"] = Json::array();
}

std::string Printed(const Json& document) {
  return document.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string ResultJson(const Checked& checked) {
  Json check = {{"method", link::MethodWord(checked.method)},
                {"desk", checked.welcome.desk_id},
                {"desk_name", checked.welcome.desk_name},
                {"account_id", checked.welcome.account_id},
                {"institution_code", checked.welcome.institution_code},
                {"press_id", UuidText(checked.press_id)},
                {"card_trips_after_press", checked.answer.facts.card_trips_after_press},
                {"apdus", checked.card.apdus},
                {"phases_us", PhasesJson(checked)},
                {"card_steps", StepsJson(checked)}};
  if (checked.attestation != link::Attestation()) check["attestation"] = AttestationJson(checked.attestation);
  check["birthdate_differs"] = checked.answer.birthdate_differs;
  check["handoff"] = checked.answer.handoff;
  check["handoff_not_kept"] = checked.answer.handoff_not_kept;
  AddFields(*checked.answer.answer, check);
  const Json versions = {{"terminal", link::AgentVersion()},
                         {"server", checked.welcome.server_version},
                         {"protocol", checked.welcome.protocol}};
  return Printed(Json{{"ok", true}, {"check", check}, {"versions", versions}});
}

std::string ShownAgainJson(ByteView press_id, const v1::EligibilityAnswer& answer, std::chrono::seconds left) {
  Json check = {{"press_id", UuidText(press_id)}};
  AddFields(answer, check);
  return Printed(Json{{"ok", true}, {"check", check}, {"seconds_left", left.count()}});
}

}  // namespace madoguchi::agent
