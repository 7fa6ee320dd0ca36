// SPDX-License-Identifier: Apache-2.0
#include "server/account/text_fields.h"

#include <algorithm>
#include <chrono>

#include "server/account/limits.h"

namespace madoguchi::account {
namespace {

constexpr std::size_t kPhoneMax = 20;
constexpr char32_t kIdeographicSpace = 0x3000;

void Add(Problems& problems, const Field& field, const std::string& ja, const std::string& en) {
  if (problems.size() < kProblemsMax)
    problems.push_back({field.name, std::string(field.ja) + ja, std::string(field.en) + en, false});
}

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool AreDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), IsDigit);
}

bool IsControl(char32_t c) {
  return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 || c == 0xFEFF;
}
bool IsBidiControl(char32_t c) {
  return c == 0x200E || c == 0x200F || c == 0x061C || (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
}
bool IsHalfWidth(char32_t c) {
  return c < 0x80 || (c >= 0xFF61 && c <= 0xFFDC) || (c >= 0xFFE8 && c <= 0xFFEE);
}

// Bytes of the sequence that begins with `lead`, and the bits that count; 0: none begins so.
std::size_t LengthOf(unsigned char lead, char32_t& bits) {
  if (lead < 0x80) return bits = lead, 1;
  if (lead >= 0xC2 && lead <= 0xDF) return bits = lead & 0x1FU, 2;
  if (lead >= 0xE0 && lead <= 0xEF) return bits = lead & 0x0FU, 3;
  if (lead >= 0xF0 && lead <= 0xF4) return bits = lead & 0x07U, 4;
  return 0;
}

bool IsAtomCharacter(char c) {
  constexpr std::string_view specials = "!#$%&'*+-/=?^_`{|}~";
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || specials.find(c) != std::string_view::npos;
}

bool IsDotted(std::string_view text, bool (*allowed)(char)) {
  if (text.empty() || text.front() == '.' || text.back() == '.') return false;
  return text.find("..") == std::string_view::npos &&
         std::all_of(text.begin(), text.end(), [&](char c) { return c == '.' || allowed(c); });
}

bool IsDomainCharacter(char c) {
  return IsDigit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
}

}  // namespace

std::optional<std::vector<char32_t>> ScalarValues(std::string_view text) {
  std::vector<char32_t> values;
  for (std::size_t at = 0; at < text.size();) {
    char32_t value = 0;
    const std::size_t length = LengthOf(static_cast<unsigned char>(text[at]), value);
    if (length == 0 || length > text.size() - at) return std::nullopt;
    for (std::size_t i = 1; i < length; ++i) {
      const auto byte = static_cast<unsigned char>(text[at + i]);
      if ((byte & 0xC0U) != 0x80U) return std::nullopt;
      value = (value << 6U) | (byte & 0x3FU);
    }
    const bool overlong = (length == 3 && value < 0x800) || (length == 4 && value < 0x10000);
    if (overlong || (value >= 0xD800 && value <= 0xDFFF) || value > 0x10FFFF) return std::nullopt;
    values.push_back(value);
    at += length;
  }
  return values;
}

void CheckOptionalText(Problems& problems, const Field& field, std::string_view text, std::size_t most, Width width) {
  if (!text.empty()) CheckText(problems, field, text, most, width);
}

void CheckText(Problems& problems, const Field& field, std::string_view text, std::size_t most, Width width) {
  const std::optional<std::vector<char32_t>> values = ScalarValues(text);
  if (!values) return Add(problems, field, "の文字コードが正しくありません。", " is not valid UTF-8.");
  const auto any = [&](bool (*is)(char32_t)) { return std::any_of(values->begin(), values->end(), is); };
  if (any(IsBidiControl))
    return Add(problems, field, "に、文字の並ぶ向きを変える見えない文字が入っています。入力し直してください。",
               " contains an invisible character that turns the reading direction. Please type it again.");
  if (any(IsControl))
    return Add(problems, field, "に、改行などの制御文字が入っています。入力し直してください。",
               " contains a control character (such as a line break). Please type it again.");
  const auto is_space = [](char32_t c) {
    return c == ' ' || c == kIdeographicSpace || c == 0xA0 || (c >= 0x2000 && c <= 0x200D);
  };
  if (std::all_of(values->begin(), values->end(), is_space))
    return Add(problems, field, "を入力してください。", " is needed.");
  if (values->size() > most)
    return Add(problems, field, "は " + std::to_string(most) + " 文字までです。",
               " may have at most " + std::to_string(most) + " characters.");
  if (width == Width::kFull && any(IsHalfWidth))
    return Add(problems, field, "は全角で入力してください。", " must be in full-width characters.");
}

void CheckDigits(Problems& problems, const Field& field, std::string_view text, std::size_t count) {
  if (text.size() == count && AreDigits(text)) return;
  Add(problems, field, "は半角数字 " + std::to_string(count) + " 桁です。",
      " must be " + std::to_string(count) + " digits.");
}

void CheckNumber(Problems& problems, const Field& field, std::uint64_t number, std::uint64_t least,
                 std::uint64_t most) {
  if (number >= least && number <= most) return;
  const std::string from = std::to_string(least), to = std::to_string(most);
  Add(problems, field, "は " + from + "～" + to + " です。", " must be " + from + " to " + to + ".");
}

bool IsMail(std::string_view text, std::size_t most) {
  const std::size_t at = text.find('@');
  if (text.size() > most || at == std::string_view::npos) return false;
  const std::string_view domain = text.substr(at + 1);
  return IsDotted(text.substr(0, at), IsAtomCharacter) && IsDotted(domain, IsDomainCharacter) && domain.front() != '-';
}

void CheckMail(Problems& problems, const Field& field, std::string_view text) {
  if (text.size() > kMailMax)
    return Add(problems, field, "は " + std::to_string(kMailMax) + " 文字までです。",
               " may have at most " + std::to_string(kMailMax) + " characters.");
  if (!IsMail(text, kMailMax))
    Add(problems, field, "は name@example.jp の形で、半角で入力してください。",
        " must be an address like name@example.jp.");
}

void CheckPhone(Problems& problems, const Field& field, std::string_view text) {
  const bool fits = !text.empty() && text.size() <= kPhoneMax &&
                    std::all_of(text.begin(), text.end(), [](char c) { return c == '-' || IsDigit(c); });
  if (!fits)
    Add(problems, field, "は半角数字と「-」で、20 文字までです。", " must be digits and '-', at most 20 characters.");
}

bool IsDate(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return false;
  const std::string_view parts[] = {text.substr(0, 4), text.substr(5, 2), text.substr(8, 2)};
  if (!std::all_of(std::begin(parts), std::end(parts), AreDigits)) return false;
  const auto number = [](std::string_view digits) {
    int value = 0;
    for (const char c : digits) value = value * 10 + (c - '0');
    return value;
  };
  const std::chrono::year_month_day day{std::chrono::year(number(parts[0])),
                                        std::chrono::month(static_cast<unsigned>(number(parts[1]))),
                                        std::chrono::day(static_cast<unsigned>(number(parts[2])))};
  return day.ok() && number(parts[0]) >= 1950 && number(parts[0]) <= 2199;
}

void CheckDate(Problems& problems, const Field& field, std::string_view text) {
  if (!IsDate(text)) Add(problems, field, "は 2026-04-01 の形の日付です。", " must be a date like 2026-04-01.");
}

bool IsInstitutionCode(std::string_view text) {
  return text.size() == 10 && AreDigits(text);
}

}  // namespace madoguchi::account
