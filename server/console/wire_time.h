// SPDX-License-Identifier: Apache-2.0
// Times as they stand in requests: RFC 3339 with a zone and whole seconds, "2026-11-23T09:00:00+09:00" or with Z.
// Thread: any; pure.
#pragma once
#include <chrono>
#include <optional>
#include <string>

namespace madoguchi::console {

// Nothing: not of that form, or no such day or hour.
std::optional<std::chrono::sys_seconds> TimeOf(const std::string& text);
inline bool IsWireTime(const std::string& text) {
  return TimeOf(text).has_value();
}

// The day that starts here in Japan. "2026-11-23"; nothing: no such day.
std::optional<std::chrono::sys_seconds> DayOf(const std::string& text);

// "2026-11-23T09:00:00.123456Z"
std::string TimeText(std::chrono::system_clock::time_point time);

}  // namespace madoguchi::console
