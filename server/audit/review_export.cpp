// SPDX-License-Identifier: Apache-2.0
#include "server/audit/review_export.h"

#include <algorithm>

#include "contract/full_width.h"

namespace madoguchi::audit {
namespace {

bool IsPlainNumber(std::string_view text) {
  return !text.empty() && std::all_of(text.begin() + (text.front() == '-' ? 1 : 0), text.end(),
                                      [](char c) { return c >= '0' && c <= '9'; });
}

std::string Cell(std::string_view text) {
  const char32_t first = text.empty() ? U'a' : Folded(ScalarAt(text, 0).value);
  const bool is_formula = first == U'=' || first == U'+' || first == U'-' || first == U'@' || first < U' ';
  std::string cell = is_formula && !IsPlainNumber(text) ? "'" : "";
  cell += text;
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

template <class Texts>
std::string Line(const Texts& texts) {
  std::string line;
  const char* between = "";
  for (const auto& text : texts) {
    line += between + Cell(text);
    between = ",";
  }
  return line + "\r\n";
}

}  // namespace

std::string CsvHeader() {
  return Line(kFieldNames);
}

std::string CsvLine(const ReviewRow& row) {
  return Line(row.values);
}

}  // namespace madoguchi::audit
