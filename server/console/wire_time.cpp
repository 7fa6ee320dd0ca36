// SPDX-License-Identifier: Apache-2.0
#include "server/console/wire_time.h"

#include <algorithm>
#include <array>
#include <cstdio>

namespace madoguchi::console {
namespace {

constexpr std::chrono::hours kJapan{9};  // no summer time

int Number(const std::string& text, std::size_t at, std::size_t digits) {
  return std::stoi(text.substr(at, digits));
}

std::string Shape(std::string text) {
  std::replace_if(
      text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; }, '0');
  return text;
}

std::optional<std::chrono::sys_days> DateOf(const std::string& text) {
  const std::chrono::year_month_day date{std::chrono::year(Number(text, 0, 4)),
                                         std::chrono::month(static_cast<unsigned>(Number(text, 5, 2))),
                                         std::chrono::day(static_cast<unsigned>(Number(text, 8, 2)))};
  if (Number(text, 0, 4) < 1 || !date.ok()) return {};
  return std::chrono::sys_days(date);
}

}  // namespace

std::optional<std::chrono::sys_seconds> TimeOf(const std::string& text) {
  const std::string shape = Shape(text);
  const bool is_utc = shape == "0000-00-00T00:00:00Z";
  if (!is_utc && shape != "0000-00-00T00:00:00+00:00" && shape != "0000-00-00T00:00:00-00:00") return {};
  const std::optional<std::chrono::sys_days> date = DateOf(text);
  const int hour = Number(text, 11, 2), minute = Number(text, 14, 2), second = Number(text, 17, 2);
  const int zone_hour = is_utc ? 0 : Number(text, 20, 2), zone_minute = is_utc ? 0 : Number(text, 23, 2);
  if (!date || hour > 23 || minute > 59 || second > 59 || zone_hour > 14 || zone_minute > 59) return {};
  const std::chrono::minutes zone = std::chrono::hours(zone_hour) + std::chrono::minutes(zone_minute);
  return *date + std::chrono::hours(hour) + std::chrono::minutes(minute) + std::chrono::seconds(second) -
         (text[19] == '-' ? -zone : zone);
}

std::optional<std::chrono::sys_seconds> DayOf(const std::string& text) {
  if (Shape(text) != "0000-00-00") return {};
  const std::optional<std::chrono::sys_days> date = DateOf(text);
  if (!date) return {};
  return *date - kJapan;
}

std::string TimeText(std::chrono::system_clock::time_point time) {
  const auto day = std::chrono::floor<std::chrono::days>(time);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss rest{std::chrono::floor<std::chrono::microseconds>(time - day)};
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02uT%02d:%02d:%02d.%06dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                static_cast<int>(rest.hours().count()), static_cast<int>(rest.minutes().count()),
                static_cast<int>(rest.seconds().count()), static_cast<int>(rest.subseconds().count()));
  return text.data();
}

}  // namespace madoguchi::console
