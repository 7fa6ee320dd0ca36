// SPDX-License-Identifier: Apache-2.0
// What received texts mean, where they mean something certain: dates, times and ratios. What has no certain meaning
// gets none: it is shown as received. Pure functions. Thread: any. Source: reference/eligibility-result.md §1.
#pragma once
#include <optional>
#include <string>
#include <string_view>

namespace madoguchi::eligibility {

// "2026-11-22" of "20261122"; nothing when it is no day of the calendar.
std::optional<std::string> IsoDate(std::string_view raw);
// "2026-11-22T09:00:00+09:00" of "20261122090000": the service's clock is Japan's and it sends no zone.
std::optional<std::string> IsoTime(std::string_view raw);
// "1割" of "010" (percent). A percentage that is no whole 割 is not rounded: nothing.
std::optional<std::string> Ratio(std::string_view raw);

}  // namespace madoguchi::eligibility
