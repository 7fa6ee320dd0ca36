// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/result_json.h"

#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "madoguchi/v1/result.pb.h"
#include "terminal/link/link.h"

namespace madoguchi::agent {
namespace {

using Json = nlohmann::ordered_json;

Json Phases(const Checked& checked) {
  const auto card = checked.card.count();
  const auto national = static_cast<std::int64_t>(checked.answer.facts.national_us);
  const auto total = checked.total.count();
  // What is neither card nor national service: our server, the network and this program.
  return {{"card", card},
          {"server", std::max<std::int64_t>(total - card - national, 0)},
          {"national", national},
          {"total", total}};
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

}  // namespace

std::string ResultJson(const Checked& checked) {
  Json check = {{"method", checked.by_sight ? "sight" : "pin"},
                {"desk", checked.welcome.desk_id},
                {"desk_name", checked.welcome.desk_name},
                {"account_id", checked.welcome.account_id},
                {"institution_code", checked.welcome.institution_code},
                {"press_id", UuidText(checked.press_id)},
                {"card_trips_after_press", checked.answer.facts.card_trips_after_press},
                {"apdus", checked.apdus},
                {"phases_us", Phases(checked)}};
  const Json fields = Fields(*checked.answer.answer);
  for (const auto& [name, value] : fields.items()) check[name] = value;
  if (!check.contains("results")) check["results"] = Json::array();
  const Json versions = {{"terminal", link::AgentVersion()},
                         {"server", checked.welcome.server_version},
                         {"protocol", checked.welcome.protocol}};
  return Json{{"ok", true}, {"check", check}, {"versions", versions}}.dump(-1, ' ', false,
                                                                           Json::error_handler_t::replace);
}

}  // namespace madoguchi::agent
