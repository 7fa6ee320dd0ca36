// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/result_page.h"

#include <algorithm>

#include "contract/full_width.h"
#include "contract/kana.h"

namespace madoguchi::agent {
namespace {

constexpr std::string_view kMissingCharacter = "●";
constexpr char32_t kInvisible = 0xFFFD;

bool IsDigits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// As one line of the page: what was received writes no line of ours and moves no cursor.
std::string Shown(const std::string& text) {
  std::string line;
  for (std::size_t position = 0; position < text.size();) {
    const Scalar scalar = ScalarAt(text, position);
    AppendScalar(line, scalar.bytes == 0 || IsInvisible(scalar.value) ? kInvisible : scalar.value);
    position += std::max<std::size_t>(scalar.bytes, 1);
  }
  return line;
}

}  // namespace

std::string JapaneseDate(const std::string& iso) {
  const bool shaped = iso.size() == 10 && iso[4] == '-' && iso[7] == '-';
  if (!shaped || !IsDigits(iso.substr(0, 4)) || !IsDigits(iso.substr(5, 2)) || !IsDigits(iso.substr(8, 2))) return iso;
  return iso.substr(0, 4) + "年" + iso.substr(5, 2) + "月" + iso.substr(8, 2) + "日";
}

std::string Yen(const std::string& digits) {
  if (!IsDigits(digits)) return digits;
  std::string amount = digits.substr(std::min(digits.find_first_not_of('0'), digits.size() - 1));
  for (std::size_t at = amount.size(); at > 3; at -= 3) amount.insert(at - 3, ",");
  return amount + "円";
}

void Page::Heading(const std::string& text) {
  text_ += "\n■ " + Shown(text) + "\n";
}

void Page::Banner(const std::string& text) {
  text_ += "【" + Shown(text) + "】\n";
}

void Page::Advice(std::string_view ja, std::string_view en) {
  text_ += "  → " + std::string(ja) + "\n     " + std::string(en) + "\n";
}

void Page::Note(const std::string& text) {
  text_ += "    ※" + Shown(text) + "\n";
}

void Page::Line(const std::string& label, const std::string& value) {
  if (!value.empty()) text_ += "  " + label + "：" + Shown(value) + "\n";
}

void Page::Name(const std::string& label, const std::string& value, const std::string& kana) {
  Line(label, value);
  if (value.find(kMissingCharacter) == std::string::npos) return;
  const std::string read = kana.empty() ? std::string() : "（フリガナ：" + ToFullWidthKana(kana) + "）";
  Note("●は表示できない文字です" + read + " / ● stands for a character that could not be sent");
}

void Page::Date(const std::string& label, const std::string& iso, const std::string& raw) {
  Line(label, iso.empty() ? raw : JapaneseDate(iso));
}

void Page::Meaning(const std::string& label, const std::string& meaning, const std::string& code) {
  Line(label, meaning.empty() ? code : meaning);
}

}  // namespace madoguchi::agent
