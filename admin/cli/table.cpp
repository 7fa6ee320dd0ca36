// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/table.h"

#include <algorithm>
#include <array>
#include <string_view>

#include "admin/cli/text.h"

namespace madoguchi::cli {
namespace {

constexpr std::string_view kGap = "  ";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

std::string Line(const Row& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i > 0) line += kGap;
    line += Padded(cells[i], widths[i]);
  }
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

constexpr std::array<std::string_view, 11> kFormulaStarts = {"=",  "+",  "-",  "@",  "\t", "\r",
                                                             "\n", "＝", "＋", "－", "＠"};

bool LooksLikeFormula(const std::string& cell) {
  if (std::none_of(kFormulaStarts.begin(), kFormulaStarts.end(),
                   [&cell](std::string_view start) { return cell.starts_with(start); })) {
    return false;
  }
  const bool number = (cell.front() == '-' || cell.front() == '+') && cell.size() > 1 &&
                      cell.find_first_not_of("0123456789.", 1) == std::string::npos;
  return !number;
}

std::string CsvCell(const std::string& cell) {
  const std::string safe = (LooksLikeFormula(cell) ? "'" : "") + cell;
  if (safe.find_first_of("\",\r\n") == std::string::npos) return safe;
  std::string quoted = "\"";
  for (const char character : safe) quoted += character == '"' ? std::string("\"\"") : std::string(1, character);
  return quoted + "\"";
}

std::string CsvLine(const Row& cells) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) line += (i == 0 ? "" : ",") + CsvCell(cells[i]);
  return line + "\r\n";
}

}  // namespace

std::string TableText(const Row& titles, const std::vector<Row>& rows) {
  std::vector<std::size_t> widths;
  for (std::size_t i = 0; i < titles.size(); ++i) {
    std::size_t width = Width(titles[i]);
    for (const Row& row : rows) width = std::max(width, Width(row[i]));
    widths.push_back(width);
  }
  Row under;
  for (const std::size_t width : widths) under.emplace_back(width, '-');
  std::string text = Line(titles, widths) + Line(under, widths);
  for (const Row& row : rows) text += Line(row, widths);
  return text;
}

std::string CardText(const Row& titles, const Row& values) {
  std::size_t width = 0;
  for (const std::string& title : titles) width = std::max(width, Width(title));
  std::string text;
  for (std::size_t i = 0; i < titles.size(); ++i) {
    if (!values[i].empty()) text += Padded(titles[i], width) + ": " + values[i] + "\n";
  }
  return text;
}

std::string CsvText(const Row& titles, const std::vector<Row>& rows) {
  std::string text(kByteOrderMark);
  text += CsvLine(titles);
  for (const Row& row : rows) text += CsvLine(row);
  return text;
}

}  // namespace madoguchi::cli
