// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/text.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace madoguchi::cli {
namespace {

constexpr char32_t kNoCharacter = 0xFFFFFFFF;
constexpr std::chrono::hours kJapan{9};  // UTC+9, no daylight saving time since 1952

struct Range {
  char32_t first, last;
};

constexpr std::array kWide = {
    Range{0x1100, 0x115F},   Range{0x2329, 0x232A},   Range{0x2E80, 0x303E},   Range{0x3041, 0x3098},
    Range{0x309B, 0x33FF},   Range{0x3400, 0x4DBF},   Range{0x4E00, 0xA4CF},   Range{0xA960, 0xA97F},
    Range{0xAC00, 0xD7A3},   Range{0xF900, 0xFAFF},   Range{0xFE10, 0xFE19},   Range{0xFE30, 0xFE6F},
    Range{0xFF01, 0xFF60},   Range{0xFFE0, 0xFFE6},   Range{0x16FE0, 0x18CD5}, Range{0x1B000, 0x1B2FB},
    Range{0x1F300, 0x1F64F}, Range{0x1F680, 0x1F6FC}, Range{0x1F900, 0x1F9FF}, Range{0x20000, 0x3FFFD}};
constexpr std::array kZeroWide = {Range{0x0300, 0x036F}, Range{0x20D0, 0x20F0}, Range{0x3099, 0x309A},
                                  Range{0xFE00, 0xFE0F}, Range{0xFE20, 0xFE2F}, Range{0xE0100, 0xE01EF}};
constexpr std::array kUnsafe = {
    Range{0x0000, 0x001F}, Range{0x007F, 0x009F}, Range{0x00AD, 0x00AD},  Range{0x061C, 0x061C}, Range{0x115F, 0x1160},
    Range{0x180E, 0x180E}, Range{0x200B, 0x200F}, Range{0x2028, 0x202E},  Range{0x2060, 0x206F}, Range{0x3164, 0x3164},
    Range{0xFEFF, 0xFEFF}, Range{0xFFF9, 0xFFFB}, Range{0xE0000, 0xE007F}};

template <std::size_t N>
bool In(const std::array<Range, N>& ranges, char32_t character) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [character](const Range& range) { return range.first <= character && character <= range.last; });
}

// The character at `at`, which moves behind it; kNoCharacter and one byte further when the bytes are none.
char32_t Next(std::string_view text, std::size_t& at) {
  const auto byte = [text](std::size_t i) { return static_cast<std::uint8_t>(text[i]); };
  const std::uint8_t lead = byte(at);
  const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  const std::size_t start = at++;
  if (length == 1) return lead;
  if (length == 0 || lead > 0xF4 || start + length > text.size()) return kNoCharacter;
  char32_t character = lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(start + i) & 0xC0) != 0x80) return kNoCharacter;
    character = character << 6 | (byte(start + i) & 0x3F);
  }
  constexpr std::array<char32_t, 5> kLeast = {0, 0, 0x80, 0x800, 0x10000};
  if (character < kLeast[length] || character > 0x10FFFF || (character >= 0xD800 && character <= 0xDFFF))
    return kNoCharacter;
  at = start + length;
  return character;
}

}  // namespace

bool IsUtf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    if (Next(text, at) == kNoCharacter) return false;
  }
  return true;
}

std::string Printable(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t start = at;
    const char32_t character = Next(text, at);
    if (character == kNoCharacter) {
      out += "\xEF\xBF\xBD";
    } else if (In(kUnsafe, character)) {
      std::array<char, 16> shown{};
      std::snprintf(shown.data(), shown.size(), "<U+%04X>", static_cast<unsigned>(character));
      out += shown.data();
    } else {
      out += text.substr(start, at - start);
    }
  }
  return out;
}

std::size_t Width(std::string_view text) {
  std::size_t width = 0;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t character = Next(text, at);
    if (In(kZeroWide, character)) continue;
    width += In(kWide, character) ? 2 : 1;
  }
  return width;
}

std::string Padded(std::string_view text, std::size_t width) {
  const std::size_t own = Width(text);
  return std::string(text) + std::string(width > own ? width - own : 0, ' ');
}

std::string LocalTime(const std::string& rfc3339) {
  constexpr std::string_view kOfJapan = "+09:00";
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0, consumed = 0;
  if (std::sscanf(rfc3339.c_str(), "%4d-%2d-%2dT%2d:%2d:%2d%n", &year, &month, &day, &hour, &minute, &second,
                  &consumed) != 6 ||
      consumed == 0) {
    return rfc3339;
  }
  const bool is_local = rfc3339.compare(static_cast<std::size_t>(consumed), std::string::npos, kOfJapan) == 0;
  if (!is_local && rfc3339.back() != 'Z') return rfc3339;
  const std::chrono::year_month_day date{std::chrono::year{year}, std::chrono::month{static_cast<unsigned>(month)},
                                         std::chrono::day{static_cast<unsigned>(day)}};
  if (!date.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59) return rfc3339;
  const auto local = std::chrono::sys_days{date} + std::chrono::hours{hour} + (is_local ? kJapan * 0 : kJapan);
  const auto midnight = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day shown{midnight};
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d", static_cast<int>(shown.year()),
                static_cast<unsigned>(shown.month()), static_cast<unsigned>(shown.day()),
                static_cast<int>((local - midnight) / std::chrono::hours{1}), minute);
  return text.data();
}

std::string Countdown(std::chrono::milliseconds left) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(std::max(left, std::chrono::milliseconds{0})).count();
  const std::string minutes = std::to_string(seconds / 60), rest = std::to_string(seconds % 60);
  if (seconds < 60) return rest + " 秒 / " + rest + " s";
  return minutes + " 分 " + rest + " 秒 / " + minutes + " min " + rest + " s";
}

std::string ShellLine(const std::vector<std::string>& words) {
  constexpr std::string_view kPlain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./:=@,+%";
  std::string line;
  for (const std::string& word : words) {
    if (!line.empty()) line += ' ';
    if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) {
      line += word;
      continue;
    }
    line += '\'';
    for (const char character : word) line += character == '\'' ? std::string("'\\''") : std::string(1, character);
    line += '\'';
  }
  return line;
}

}  // namespace madoguchi::cli
