// SPDX-License-Identifier: Apache-2.0
// An answer of the server as cells of a table and as JSON, from its descriptor. Fields marked (secret) are left out,
// but for the few that the command exists to show (a name on the roster). JSON (design §10): snake_case names; a code
// is `x_code` and its Japanese meaning `x`; absent texts are left out; lists are always there.
#pragma once
#include <google/protobuf/message.h>

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace madoguchi::cli {

nlohmann::ordered_json ToJson(const google::protobuf::Message& message);

// For people: meanings instead of words, times of Japan, "はい" or nothing. Precondition: the message has the field.
std::string Cell(const google::protobuf::Message& message, const std::string& field);

// For machines: the same names and values as in JSON, lists joined by ';', without parts that are messages.
std::vector<std::string> CsvHeader(const google::protobuf::Descriptor& type);
std::vector<std::string> CsvRow(const google::protobuf::Message& message);

}  // namespace madoguchi::cli
