// SPDX-License-Identifier: Apache-2.0
#include "contract/full_width.h"

#include <algorithm>
#include <array>

namespace madoguchi {
namespace {

// Hyphens, dashes and minus signs, and the long-vowel mark, which is what the same key gives in kana mode.
constexpr std::array<char32_t, 11> kDashes = {0x2010, 0x2011, 0x2012, 0x2013, 0x2014, 0x2015,
                                              0x2212, 0x30FC, 0xFE58, 0xFE63, 0xFF70};

}  // namespace

Scalar ScalarAt(std::string_view text, std::size_t position) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[position + i]); };
  if (position >= text.size()) return {};
  const unsigned char first = byte(0);
  if (first < 0x80) return {first, 1};
  const std::size_t length = first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC2 ? 2 : 0;
  if (length == 0 || first > 0xF4 || position + length > text.size()) return {};
  char32_t value = first & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3Fu);
  }
  constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  if (value < kSmallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF)) return {};
  return {value, length};
}

void AppendScalar(std::string& text, char32_t scalar) {
  const std::size_t length = scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x10000 ? 3 : 4;
  constexpr std::array<unsigned, 5> kLead = {0, 0, 0xC0, 0xE0, 0xF0};
  for (std::size_t left = length; left-- > 0;) {
    const unsigned bits = static_cast<unsigned>(scalar >> (6 * left));
    text += static_cast<char>(left + 1 == length ? bits | kLead[length] : 0x80 | (bits & 0x3F));
  }
}

bool IsUtf8(std::string_view text) {
  for (std::size_t position = 0; position < text.size();) {
    const Scalar scalar = ScalarAt(text, position);
    if (scalar.bytes == 0) return false;
    position += scalar.bytes;
  }
  return true;
}

char32_t Folded(char32_t scalar) {
  if (scalar >= 0xFF01 && scalar <= 0xFF5E) return scalar - 0xFF01 + '!';
  if (scalar == 0x3000 || scalar == 0xA0) return ' ';
  return std::find(kDashes.begin(), kDashes.end(), scalar) != kDashes.end() ? U'-' : scalar;
}

bool IsInvisible(char32_t scalar) {
  return scalar < 0x20 || (scalar >= 0x7F && scalar < 0xA0) || scalar == 0xAD ||
         (scalar >= 0x200B && scalar <= 0x200F) || (scalar >= 0x2028 && scalar <= 0x202E) ||
         (scalar >= 0x2060 && scalar <= 0x206F) || scalar == 0xFEFF || scalar == 0xFFFE || scalar == 0xFFFF;
}

std::string FoldFullWidth(std::string_view text) {
  std::string folded;
  folded.reserve(text.size());
  for (std::size_t position = 0; position < text.size();) {
    const Scalar scalar = ScalarAt(text, position);
    const std::size_t bytes = std::max<std::size_t>(scalar.bytes, 1);
    if (const char32_t ascii = Folded(scalar.value); ascii != scalar.value) {
      folded += static_cast<char>(ascii);
    } else {
      folded += text.substr(position, bytes);
    }
    position += bytes;
  }
  return folded;
}

}  // namespace madoguchi
