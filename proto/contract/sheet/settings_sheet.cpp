// SPDX-License-Identifier: Apache-2.0
#include "contract/sheet/settings_sheet.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <utility>

#include "contract/full_width.h"
#include "contract/secret_bytes.h"

namespace madoguchi::sheet {
namespace {

bool IsDigit(char c) {
  return c >= '0' && c <= '9';
}
bool AreDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(), IsDigit);
}

std::string WithoutSpacesAndDashes(std::string_view text) {
  std::string bare;
  for (const char c : text)
    if (c != ' ' && c != '\t' && c != '-') bare += c;
  return bare;
}

std::string Trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

// "K 7 x 2": characters drawn with room between them. Words stay as they are, and are no password then.
std::string WithoutLetterSpacing(const std::string& text) {
  std::string joined;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (i % 2 == 0 ? text[i] == ' ' : text[i] != ' ') return text;
    if (i % 2 == 0) joined += text[i];
  }
  return joined;
}

std::optional<std::string> ParsePassword(std::string_view text) {
  std::string folded = FoldFullWidth(text), trimmed = Trimmed(folded), password = WithoutLetterSpacing(trimmed);
  WipeText(folded);
  WipeText(trimmed);
  const bool fits = !password.empty() && password.size() <= kPasswordBytesMax &&
                    std::all_of(password.begin(), password.end(), [](char c) { return c > ' ' && c <= '~'; });
  if (fits) return password;
  WipeText(password);
  return std::nullopt;
}

std::optional<std::string> ParseName(std::string_view text) {
  std::string name = Trimmed(text);
  std::size_t characters = 0;
  for (std::size_t position = 0; position < name.size(); ++characters) {
    const Scalar scalar = ScalarAt(name, position);
    if (scalar.bytes == 0 || scalar.value < 0x20 || (scalar.value >= 0x7F && scalar.value < 0xA0)) return std::nullopt;
    position += scalar.bytes;
  }
  if (characters > kInstitutionNameMax) return std::nullopt;
  return name;
}

std::optional<std::string> Digits(std::string_view text, std::size_t count) {
  std::string folded = FoldFullWidth(text), bare = WithoutSpacesAndDashes(folded);
  WipeText(folded);
  if (bare.size() == count && AreDigits(bare)) return bare;
  WipeText(bare);
  return std::nullopt;
}

std::optional<int> Number(std::string_view& rest) {
  int value = 0;
  const auto [end, problem] = std::from_chars(rest.data(), rest.data() + std::min<std::size_t>(rest.size(), 4), value);
  if (problem != std::errc{} || rest.front() == '-') return std::nullopt;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  return value;
}

bool TakeOneOf(std::string_view& rest, std::initializer_list<std::string_view> words) {
  for (const std::string_view word : words) {
    if (!rest.starts_with(word)) continue;
    rest.remove_prefix(word.size());
    return true;
  }
  return false;
}

}  // namespace

std::string_view LabelOf(Field field) {
  const auto* label =
      std::find_if(kLabels.begin(), kLabels.end(), [&](const Label& each) { return each.field == field; });
  return label->text;
}

void WipeText(std::string& text) {
  text.resize(text.capacity());
  Wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  text.clear();
}

SettingsSheet::SettingsSheet(SettingsSheet&& other) noexcept
    : issued_on(std::move(other.issued_on)),
      institution_code(std::move(other.institution_code)),
      institution_name(std::move(other.institution_name)),
      account_id(std::move(other.account_id)),
      password(std::move(other.password)),
      activation_code(std::move(other.activation_code)),
      place(std::move(other.place)) {
  WipeText(other.password);
  WipeText(other.activation_code);
}

SettingsSheet& SettingsSheet::operator=(SettingsSheet&& other) noexcept {
  std::swap(issued_on, other.issued_on);
  std::swap(institution_code, other.institution_code);
  std::swap(institution_name, other.institution_name);
  std::swap(account_id, other.account_id);
  std::swap(password, other.password);
  std::swap(activation_code, other.activation_code);
  std::swap(place, other.place);
  return *this;
}

SettingsSheet::~SettingsSheet() {
  WipeText(password);
  WipeText(activation_code);
}

std::string& SettingsSheet::Of(Field field) {
  switch (field) {
    case Field::kIssuedOn:
      return issued_on;
    case Field::kInstitutionCode:
      return institution_code;
    case Field::kInstitutionName:
      return institution_name;
    case Field::kAccountId:
      return account_id;
    case Field::kPassword:
      return password;
    case Field::kActivationCode:
      return activation_code;
  }
  return place;
}

std::optional<std::string> ParseField(Field field, std::string_view text) {
  switch (field) {
    case Field::kIssuedOn:
      return ParseDate(text);
    case Field::kInstitutionCode:
      return Digits(text, kInstitutionCodeDigits);
    case Field::kInstitutionName:
      return ParseName(text);
    case Field::kPassword:
      return ParsePassword(text);
    case Field::kActivationCode:
      return Digits(text, kActivationCodeDigits);
    case Field::kAccountId:
      break;
  }
  std::string id = WithoutSpacesAndDashes(FoldFullWidth(text));
  if (!id.empty() && id.front() == 'w') id.front() = 'W';
  if (!IsAccountId(id)) return std::nullopt;
  return id;
}

std::optional<std::string> ParseDate(std::string_view text) {
  std::string bare;
  for (const char c : FoldFullWidth(text))
    if (c != ' ' && c != '\t' && c != '\r') bare += c;
  std::string_view rest = bare;
  const bool is_reiwa = TakeOneOf(rest, {"令和"});
  std::optional<int> year;
  if (is_reiwa && TakeOneOf(rest, {"元"})) {
    year = 1;
  } else if (!rest.empty()) {
    year = Number(rest);
  }
  if (!year || !TakeOneOf(rest, {"年", "/", "-", "."}) || rest.empty()) return std::nullopt;
  const auto month = Number(rest);
  if (!month || !TakeOneOf(rest, {"月", "/", "-", "."}) || rest.empty()) return std::nullopt;
  const auto day = Number(rest);
  TakeOneOf(rest, {"日"});
  if (!day || !rest.empty()) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year{is_reiwa ? *year + 2018 : *year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  if (!date.ok() || static_cast<int>(date.year()) < 2000) return std::nullopt;
  std::array<char, 16> iso{};
  const int length = std::snprintf(iso.data(), iso.size(), "%04d-%02u-%02u", static_cast<int>(date.year()),
                                   static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
  return std::string(iso.data(), static_cast<std::size_t>(length));
}

bool IsAccountId(std::string_view text) {
  return text.size() == 8 && text.front() == 'W' && AreDigits(text.substr(1));
}

std::string FileNameOf(const std::string& account_id) {
  return account_id + "_skg_account.pdf";
}

std::string PrintedCode(std::string_view activation_code) {
  std::string printed;
  printed.reserve(activation_code.size() + 2);
  for (std::size_t i = 0; i < activation_code.size(); ++i) {
    if (i > 0 && i % 4 == 0) printed += '-';
    printed += activation_code[i];
  }
  return printed;
}

}  // namespace madoguchi::sheet
