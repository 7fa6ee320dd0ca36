// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/output.h"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "admin/cli/message_view.h"
#include "admin/cli/table.h"
#include "admin/cli/text.h"

namespace madoguchi::cli {
namespace {

using Json = nlohmann::ordered_json;

Row Cells(const google::protobuf::Message& item, const std::vector<Column>& columns) {
  Row cells;
  for (const Column& column : columns) cells.push_back(Cell(item, column.field));
  return cells;
}

// Columns that no row fills are left out, so that a table fits the screen; the first one names the row.
void DropEmptyColumns(Row& titles, std::vector<Row>& rows) {
  for (std::size_t i = titles.size(); i-- > 1;) {
    if (std::any_of(rows.begin(), rows.end(), [i](const Row& row) { return !row[i].empty(); })) continue;
    const auto at = static_cast<Row::difference_type>(i);
    titles.erase(titles.begin() + at);
    for (Row& row : rows) row.erase(row.begin() + at);
  }
}

}  // namespace

Shown ShownOne(std::string key, const google::protobuf::Message& item, std::vector<Column> columns) {
  return {std::move(key), false, item.GetDescriptor(), {&item}, std::move(columns), {}, {}, {}, {}, {}, {}};
}

Shown ShownNote(std::string note) {
  Shown shown;
  shown.notes.push_back(std::move(note));
  return shown;
}

std::string ShownJson(const Shown& shown) {
  Json out = {{"ok", true}};
  if (shown.list) {
    Json items = Json::array();
    for (const google::protobuf::Message* item : shown.items) items.push_back(ToJson(*item));
    out[shown.key] = std::move(items);
  } else if (!shown.items.empty()) {
    out[shown.key] = ToJson(*shown.items.front());
  }
  for (const auto& [name, text] : shown.texts) {
    if (!text.empty()) out[name] = text;
  }
  for (const auto& [name, number] : shown.numbers) out[name] = number;
  for (const auto& [name, flag] : shown.flags) out[name] = flag;
  for (const auto& [name, list] : shown.lists) out[name] = list;
  for (const Problem& warning : shown.warnings) {
    out["warnings"].push_back({{"field", warning.field}, {"text_ja", warning.text_ja}, {"text_en", warning.text_en}});
  }
  return out.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::string ShownText(const Shown& shown) {
  Row titles;
  for (const Column& column : shown.columns) titles.push_back(column.title);
  std::string text;
  if (shown.list) {
    std::vector<Row> rows;
    for (const google::protobuf::Message* item : shown.items) rows.push_back(Cells(*item, shown.columns));
    DropEmptyColumns(titles, rows);
    text = rows.empty() ? "ありません / none\n" : TableText(titles, rows);
  } else if (!shown.items.empty()) {
    text = CardText(titles, Cells(*shown.items.front(), shown.columns));
  }
  for (const Problem& warning : shown.warnings) {
    text += "注意: " + Printable(warning.field) + ": " + Printable(warning.text_ja) + "\n      " +
            Printable(warning.text_en) + "\n";
  }
  for (const std::string& note : shown.notes) text += note + "\n";
  return text;
}

std::string ShownCsv(const Shown& shown) {
  if (shown.type == nullptr) return CsvText({}, {});
  std::vector<Row> rows;
  for (const google::protobuf::Message* item : shown.items) rows.push_back(CsvRow(*item));
  return CsvText(CsvHeader(*shown.type), rows);
}

void Show(const Settings& settings, const Shown& shown) {
  const std::string text = settings.json ? ShownJson(shown) : settings.csv ? ShownCsv(shown) : ShownText(shown);
  std::fputs(text.c_str(), stdout);
  std::fflush(stdout);
}

void Progress(const std::string& line) {
  std::fputs((line + "\n").c_str(), stderr);
}

}  // namespace madoguchi::cli
