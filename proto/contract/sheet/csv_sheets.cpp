// SPDX-License-Identifier: Apache-2.0
#include "contract/sheet/csv_sheets.h"

#include <iconv.h>

#include <algorithm>
#include <optional>
#include <string>

#include "contract/full_width.h"
#include "contract/sheet/page_fields.h"
#include "contract/sheet/sheet_reader.h"
#include "contract/wiped_buffer.h"

namespace madoguchi::sheet {
namespace {

Error Unreadable(std::string detail) {
  return {ErrorCode::kSheetUnreadable, std::move(detail), {}};
}

// CP932 needs at most three bytes of UTF-8 for each byte of its own.
Result<WipedBuffer> FromCp932(ByteView content) {
  const iconv_t converter = iconv_open("UTF-8", "CP932");
  if (converter == reinterpret_cast<iconv_t>(-1)) return Unreadable("CP932 is not supported here");
  Bytes utf8(content.size() * 3);
  auto* in = const_cast<char*>(reinterpret_cast<const char*>(content.data()));
  auto* out = reinterpret_cast<char*>(utf8.data());
  std::size_t in_left = content.size(), out_left = utf8.size();
  const std::size_t converted = iconv(converter, &in, &in_left, &out, &out_left);
  iconv_close(converter);
  WipedBuffer text(utf8.size());
  const bool fits = text.Append(ByteView(utf8).first(utf8.size() - out_left));
  Wipe(utf8);
  if (converted == static_cast<std::size_t>(-1) || in_left > 0 || !fits) return Unreadable("neither UTF-8 nor CP932");
  return text;
}

// One row of cells after another; a quoted cell may hold separators, doubled quotation marks and line ends.
class Rows {
 public:
  Rows(std::string_view text, char separator) : text_(text), separator_(separator) {}
  ~Rows() { Forget(); }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  bool at_end() const { return position_ >= text_.size(); }
  std::size_t line() const { return line_; }  // of the row's beginning
  const std::vector<std::string>& cells() const { return cells_; }

  Result<void> Next() {
    Forget();
    line_ = next_line_;
    for (bool goes_on = true; goes_on;) {
      if (cells_.size() == kCsvColumnsMax) return Unreadable("line " + std::to_string(line_) + ": too many columns");
      cells_.emplace_back();
      cells_.back().reserve(kCsvCellBytesMax);
      TRY_VOID(ReadCell(cells_.back()));
      goes_on = position_ < text_.size() && text_[position_] == separator_;
      if (goes_on) ++position_;
    }
    if (position_ < text_.size() && text_[position_] == '\r') ++position_;
    if (position_ < text_.size() && text_[position_] == '\n') ++position_;
    ++next_line_;
    return {};
  }

 private:
  Result<void> ReadCell(std::string& cell) {
    const bool quoted = position_ < text_.size() && text_[position_] == '"';
    if (quoted) ++position_;
    for (;; ++position_) {
      const bool ends = position_ >= text_.size();
      if (ends && quoted) return Unreadable("line " + std::to_string(line_) + ": quotation mark without its partner");
      if (ends) return {};
      const char c = text_[position_];
      if (quoted && c == '"') {
        ++position_;
        if (position_ >= text_.size() || text_[position_] != '"') return AfterQuote();
      } else if (!quoted && (c == separator_ || c == '\r' || c == '\n')) {
        return {};
      }
      if (quoted && c == '\n') ++next_line_;
      if (cell.size() == kCsvCellBytesMax) return Unreadable("line " + std::to_string(line_) + ": a cell is too long");
      cell += c;
    }
  }
  Result<void> AfterQuote() const {
    if (position_ >= text_.size() || text_[position_] == separator_ || text_[position_] == '\r' ||
        text_[position_] == '\n')
      return {};
    return Unreadable("line " + std::to_string(line_) + ": text behind a quotation mark");
  }
  void Forget() {
    for (std::string& cell : cells_) WipeText(cell);
    cells_.clear();
  }

  const std::string_view text_;
  const char separator_;
  std::size_t position_ = 0, line_ = 1, next_line_ = 1;
  std::vector<std::string> cells_;
};

std::optional<Field> FieldCalled(std::string_view cell) {
  const std::string folded = FoldFullWidth(cell);
  const std::size_t first = folded.find_first_not_of(" \t");
  if (first == std::string::npos) return std::nullopt;
  const std::string_view name = std::string_view(folded).substr(first, folded.find_last_not_of(" \t") - first + 1);
  for (const Label& label : kLabels)
    if (LabelAt(name, 0, label.text) == name.size()) return label.field;
  return std::nullopt;
}

bool IsBlank(std::string_view cell) {
  return cell.find_first_not_of(" \t") == std::string_view::npos;
}

// What a spreadsheet makes of codes it takes for numbers: leading zeros gone, or 1.23457E+11.
bool WasTakenForANumber(Field field, std::string_view cell) {
  std::string text = FoldFullWidth(cell);
  text.erase(std::remove(text.begin(), text.end(), ' '), text.end());
  const auto digits = [](std::string_view part) {
    return !part.empty() && part.find_first_not_of("0123456789.") == std::string_view::npos;
  };
  const std::size_t exponent = text.find("E+");
  const bool is_number = exponent == std::string::npos ? digits(text)
                                                       : digits(std::string_view(text).substr(0, exponent)) &&
                                                             digits(std::string_view(text).substr(exponent + 2));
  const std::size_t length = text.size();
  WipeText(text);
  switch (field) {
    case Field::kInstitutionCode:
      return is_number && (exponent != std::string::npos || length < kInstitutionCodeDigits);
    case Field::kActivationCode:
      return is_number && (exponent != std::string::npos || length < kActivationCodeDigits);
    case Field::kPassword:
      return is_number && (exponent != std::string::npos || length < kIssuedPasswordBytes);
    default:
      return false;
  }
}

Result<SettingsSheet> ReadRow(const std::vector<std::string>& cells, const std::vector<std::optional<Field>>& columns,
                              std::size_t line) {
  SettingsSheet sheet;
  sheet.place = "line " + std::to_string(line);
  for (std::size_t i = columns.size(); i < cells.size(); ++i)
    if (!IsBlank(cells[i])) return Unreadable(sheet.place + ": more cells than the first line has");
  for (std::size_t i = 0; i < std::min(cells.size(), columns.size()); ++i) {
    if (!columns[i] || IsBlank(cells[i])) continue;
    if (WasTakenForANumber(*columns[i], cells[i]))
      return FieldInvalid(sheet.place, *columns[i], "digits were lost in a spreadsheet");
    auto value = ParseField(*columns[i], cells[i]);
    if (!value) return FieldInvalid(sheet.place, *columns[i], "wrong form");
    sheet.Of(*columns[i]) = *value;
    WipeText(*value);
  }
  TRY_VOID(CheckComplete(sheet));
  return sheet;
}

}  // namespace

Result<std::vector<SettingsSheet>> ReadCsv(ByteView content) {
  if (content.empty()) return Unreadable("empty");
  if (AsText(content).starts_with("\xFF\xFE") || AsText(content).starts_with("\xFE\xFF"))
    return Unreadable("UTF-16: save it as UTF-8");
  if (std::find(content.begin(), content.end(), 0) != content.end()) return Unreadable("neither PDF nor text");
  std::string_view text = AsText(content);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::optional<WipedBuffer> converted;
  if (!IsUtf8(text)) {
    TRY_ASSIGN(WipedBuffer utf8, FromCp932(content));
    converted.emplace(std::move(utf8));
    text = AsText(converted->view());
  }
  const std::string_view first_line = text.substr(0, text.find('\n'));
  Rows rows(text, first_line.find('\t') != std::string_view::npos ? '\t' : ',');
  TRY_VOID(rows.Next());
  std::vector<std::optional<Field>> columns;
  for (const std::string& cell : rows.cells()) {
    columns.push_back(FieldCalled(cell));
    if (columns.back() && std::count(columns.begin(), columns.end(), columns.back()) > 1)
      return FieldInvalid("line 1", *columns.back(), "two columns of this name");
  }
  if (std::none_of(columns.begin(), columns.end(), [](const auto& column) { return column.has_value(); }))
    return Unreadable("line 1 holds none of the labels");
  std::vector<SettingsSheet> sheets;
  while (!rows.at_end()) {
    TRY_VOID(rows.Next());
    if (std::all_of(rows.cells().begin(), rows.cells().end(), IsBlank)) continue;
    if (sheets.size() == kSheetsPerFileMax)
      return Error{ErrorCode::kImportTooLarge, "more accounts than one file may hold", {}};
    TRY_ASSIGN(SettingsSheet sheet, ReadRow(rows.cells(), columns, rows.line()));
    sheets.push_back(std::move(sheet));
  }
  if (sheets.empty()) return Unreadable("no line below the labels");
  return sheets;
}

}  // namespace madoguchi::sheet
