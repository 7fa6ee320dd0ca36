// SPDX-License-Identifier: Apache-2.0
// What a command shows when it is done: a table or a card for people, one JSON document, or CSV. Standard output holds
// nothing else; progress and questions go to standard error and the terminal.
#pragma once
#include <google/protobuf/message.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "admin/cli/failure.h"
#include "admin/cli/settings.h"

namespace madoguchi::cli {

struct Column {
  std::string field;  // of the message
  std::string title;  // for people
};

struct Shown {
  std::string key;                                      // the JSON member: "accounts" of a list, "account" of one
  bool list = false;                                    // else one card; without items only the notes
  const google::protobuf::Descriptor* type = nullptr;   // of the items
  std::vector<const google::protobuf::Message*> items;  // all of one type; they outlive the call
  std::vector<Column> columns;
  std::vector<std::string> notes;  // for people, after it; ja / en
  // Further JSON members:
  std::vector<std::pair<std::string, std::string>> texts;
  std::vector<std::pair<std::string, std::int64_t>> numbers;
  std::vector<std::pair<std::string, bool>> flags;
  std::vector<std::pair<std::string, std::vector<std::string>>> lists;
  std::vector<Problem> warnings;
};

template <class Repeated>
Shown ShownList(std::string key, const Repeated& repeated, std::vector<Column> columns) {
  Shown shown{std::move(key), true, Repeated::value_type::descriptor(), {}, std::move(columns), {}, {}, {}, {}, {}, {}};
  for (const auto& item : repeated) shown.items.push_back(&item);
  return shown;
}
Shown ShownOne(std::string key, const google::protobuf::Message& item, std::vector<Column> columns);
// Nothing but what happened, ja / en.
Shown ShownNote(std::string note);

std::string ShownJson(const Shown& shown);
std::string ShownText(const Shown& shown);
std::string ShownCsv(const Shown& shown);

void Show(const Settings& settings, const Shown& shown);
void Progress(const std::string& line);  // standard error

}  // namespace madoguchi::cli
