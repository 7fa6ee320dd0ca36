// SPDX-License-Identifier: Apache-2.0
#include "contract/sheet/page_fields.h"

#include <algorithm>
#include <array>
#include <vector>

#include "contract/full_width.h"

namespace madoguchi::sheet {
namespace {

// Bytes of a space at `position`: ASCII, no-break, ideographic; 0: none.
std::size_t SpaceAt(std::string_view text, std::size_t position) {
  const Scalar scalar = ScalarAt(text, position);
  const bool is_space = scalar.value == ' ' || scalar.value == '\t' || scalar.value == '\r' || scalar.value == 0xA0 ||
                        scalar.value == 0x3000;
  return scalar.bytes > 0 && is_space ? scalar.bytes : 0;
}

std::size_t SkipSpaces(std::string_view text, std::size_t position) {
  while (const std::size_t bytes = SpaceAt(text, position)) position += bytes;
  return position;
}

bool IsBlank(std::string_view text) {
  return SkipSpaces(text, 0) == text.size();
}

struct Found {
  Field field;
  std::size_t begin, end;  // of the label in its line
};

// The longest label at `position`, with a space, a colon or the end of the line behind it.
std::optional<Found> FindAt(std::string_view line, std::size_t position) {
  std::optional<Found> best;
  for (const Label& label : kLabels) {
    const std::size_t bytes = LabelAt(line, position, label.text);
    if (bytes == 0 || (best && position + bytes <= best->end)) continue;
    const std::size_t end = position + bytes;
    const Scalar next = ScalarAt(line, end);
    if (end == line.size() || SpaceAt(line, end) > 0 || next.value == ':' || next.value == 0xFF1A)
      best = Found{label.field, position, end};
  }
  return best;
}

// Every label that begins a line or follows a space.
std::vector<Found> LabelsOf(std::string_view line) {
  std::vector<Found> found;
  for (std::size_t position = SkipSpaces(line, 0); position < line.size();) {
    if (const auto label = FindAt(line, position)) {
      found.push_back(*label);
      position = label->end;
    }
    while (position < line.size() && SpaceAt(line, position) == 0)
      position += std::max<std::size_t>(ScalarAt(line, position).bytes, 1);
    position = SkipSpaces(line, position);
  }
  return found;
}

std::string_view ValueBehind(std::string_view line, const Found& label, std::size_t end) {
  std::size_t begin = SkipSpaces(line, label.end);
  const Scalar scalar = ScalarAt(line, begin);
  if (begin < end && (scalar.value == ':' || scalar.value == 0xFF1A)) begin = SkipSpaces(line, begin + scalar.bytes);
  return line.substr(std::min(begin, end), end - std::min(begin, end));
}

std::vector<std::string_view> Words(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t position = SkipSpaces(line, 0); position < line.size(); position = SkipSpaces(line, position)) {
    const std::size_t begin = position;
    while (position < line.size() && SpaceAt(line, position) == 0)
      position += std::max<std::size_t>(ScalarAt(line, position).bytes, 1);
    words.push_back(line.substr(begin, position - begin));
  }
  return words;
}

std::vector<std::string_view> Lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty() && lines.size() < kPageLinesMax) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    if (end <= kPageLineBytesMax && !IsBlank(text.substr(0, end))) lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::size_t CharactersIn(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

// A name that takes several lines: those below it that begin in its column and hold no label. A space is put where
// words were parted.
std::string WholeName(const std::vector<std::string_view>& lines, std::size_t number, std::string_view first) {
  const std::size_t column = CharactersIn(lines[number].substr(0, lines[number].size() - first.size()));
  std::string name(first);
  for (std::size_t i = number + 1; i < lines.size() && LabelsOf(lines[i]).empty(); ++i) {
    const std::size_t indent = SkipSpaces(lines[i], 0), begins = CharactersIn(lines[i].substr(0, indent));
    if (begins + kColumnTolerance < column || begins > column + kColumnTolerance) break;
    if (static_cast<unsigned char>(name.back()) < 0x80 && ScalarAt(lines[i], indent).value < 0x80) name += ' ';
    name += lines[i].substr(indent);
  }
  return ParseField(Field::kInstitutionName, name) ? name : std::string(first);
}

// Collects candidates of one page; the first of a good form counts, another good one that differs is a contradiction.
class Page {
 public:
  explicit Page(std::string place) { sheet_.place = std::move(place); }

  Result<void> Offer(Field field, std::string_view text) {
    has_label_ = true;
    if (IsBlank(text)) return {};
    seen_[static_cast<std::size_t>(field)] = true;
    auto value = ParseField(field, text);
    if (!value) return {};
    std::string& kept = sheet_.Of(field);
    const bool differs = !kept.empty() && kept != *value;
    if (kept.empty()) kept = *value;
    WipeText(*value);
    if (differs) return FieldInvalid(sheet_.place, field, "two different values");
    return {};
  }

  Result<std::optional<SettingsSheet>> End() {
    if (!has_label_) return std::optional<SettingsSheet>();
    for (std::size_t i = 0; i < kFields; ++i)
      if (seen_[i] && sheet_.Of(static_cast<Field>(i)).empty())
        return FieldInvalid(sheet_.place, static_cast<Field>(i), "wrong form");
    TRY_VOID(CheckComplete(sheet_));
    return std::optional<SettingsSheet>(std::move(sheet_));
  }

 private:
  SettingsSheet sheet_;
  bool has_label_ = false;
  std::array<bool, kFields> seen_{};  // with a value, whatever its form
};

}  // namespace

std::size_t LabelAt(std::string_view line, std::size_t position, std::string_view label) {
  std::size_t at = position;
  for (std::size_t matched = 0; matched < label.size();) {
    if (matched > 0) at = SkipSpaces(line, at);
    const Scalar wanted = ScalarAt(label, matched), scalar = ScalarAt(line, at);
    if (scalar.bytes == 0 || Folded(scalar.value) != Folded(wanted.value)) return 0;
    matched += wanted.bytes;
    at += scalar.bytes;
  }
  return at - position;
}

Error FieldInvalid(const std::string& place, Field field, std::string_view problem) {
  return {ErrorCode::kSheetFieldInvalid, place + ": " + std::string(LabelOf(field)) + ": " + std::string(problem), {}};
}

Result<void> CheckComplete(SettingsSheet& sheet) {
  for (const Field field : {Field::kInstitutionCode, Field::kAccountId, Field::kPassword, Field::kActivationCode})
    if (sheet.Of(field).empty()) return FieldInvalid(sheet.place, field, "missing");
  return {};
}

Result<std::optional<SettingsSheet>> ReadPage(std::string_view text, const std::string& place) {
  Page page(place);
  const std::vector<std::string_view> lines = Lines(text);
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::vector<Found> labels = LabelsOf(lines[i]);
    std::vector<Field> without_value;
    for (std::size_t k = 0; k < labels.size(); ++k) {
      const std::size_t end = k + 1 < labels.size() ? labels[k + 1].begin : lines[i].size();
      const std::string_view value = ValueBehind(lines[i], labels[k], end);
      const bool may_go_on = labels[k].field == Field::kInstitutionName && end == lines[i].size() && !value.empty();
      TRY_VOID(page.Offer(labels[k].field, may_go_on ? WholeName(lines, i, value) : value));
      if (IsBlank(value)) without_value.push_back(labels[k].field);
    }
    if (without_value.empty() || without_value.size() != labels.size() || i + 1 == lines.size()) continue;
    if (!LabelsOf(lines[i + 1]).empty()) continue;
    const std::vector<std::string_view> words = Words(lines[i + 1]);
    if (without_value.size() == 1) {
      TRY_VOID(page.Offer(without_value.front(), lines[i + 1]));
    } else if (words.size() == without_value.size()) {
      for (std::size_t k = 0; k < words.size(); ++k) TRY_VOID(page.Offer(without_value[k], words[k]));
    }
  }
  return page.End();
}

}  // namespace madoguchi::sheet
