// SPDX-License-Identifier: Apache-2.0
#include "server/eligibility/meanings.h"

#include <algorithm>
#include <chrono>

namespace madoguchi::eligibility {
namespace {

constexpr std::size_t kDateDigits = 8;   // yyyyMMdd
constexpr std::size_t kTimeDigits = 14;  // yyyyMMddHHmmss
constexpr std::size_t kRatioDigits = 3;  // percent

bool IsDigits(std::string_view text, std::size_t count) {
  return text.size() == count && std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Precondition: digits only, few enough for an int.
int Number(std::string_view digits) {
  int number = 0;
  for (const char c : digits) number = number * 10 + (c - '0');
  return number;
}

}  // namespace

std::optional<std::string> IsoDate(std::string_view raw) {
  if (!IsDigits(raw, kDateDigits)) return std::nullopt;
  const std::string_view year = raw.substr(0, 4), month = raw.substr(4, 2), day = raw.substr(6, 2);
  const std::chrono::year_month_day date{std::chrono::year{Number(year)},
                                         std::chrono::month{static_cast<unsigned>(Number(month))},
                                         std::chrono::day{static_cast<unsigned>(Number(day))}};
  if (!date.ok() || Number(year) == 0) return std::nullopt;
  return std::string(year) + "-" + std::string(month) + "-" + std::string(day);
}

std::optional<std::string> IsoTime(std::string_view raw) {
  if (!IsDigits(raw, kTimeDigits)) return std::nullopt;
  const auto date = IsoDate(raw.substr(0, kDateDigits));
  const std::string_view hour = raw.substr(8, 2), minute = raw.substr(10, 2), second = raw.substr(12, 2);
  if (!date || Number(hour) > 23 || Number(minute) > 59 || Number(second) > 60)
    return std::nullopt;  // 60: a leap second
  return *date + "T" + std::string(hour) + ":" + std::string(minute) + ":" + std::string(second) + "+09:00";
}

std::optional<std::string> Ratio(std::string_view raw) {
  if (!IsDigits(raw, kRatioDigits)) return std::nullopt;
  const int percent = Number(raw);
  if (percent % 10 != 0 || percent > 100) return std::nullopt;
  return std::to_string(percent / 10) + "割";
}

}  // namespace madoguchi::eligibility
