// SPDX-License-Identifier: Apache-2.0
#include "contract/trail/retirement_rows.h"

#include <algorithm>
#include <charconv>
#include <optional>

namespace madoguchi::trail {
namespace {

using Seconds = std::chrono::local_seconds;

constexpr std::string_view kAction = R"(,"action":"audit.partition_retired",)";
constexpr std::string_view kDetail = R"(,"detail":")";
constexpr std::size_t kActionWithin = 400;  // bytes from the line's beginning

std::optional<int> Digits(std::string_view text, std::size_t at, std::size_t count) {
  int number = 0;
  const char* const begin = text.data() + at;
  const auto [end, failed] = std::from_chars(begin, begin + count, number);
  return failed == std::errc() && end == begin + count ? std::optional(number) : std::nullopt;
}

// "2031-12-02T03:00:00+09:00", also with parts of a second. Every time of a trail is Japan's.
std::optional<Seconds> TimeOf(std::string_view text) {
  if (text.size() < 19) return {};
  const std::optional<int> year = Digits(text, 0, 4), month = Digits(text, 5, 2), day = Digits(text, 8, 2),
                           hour = Digits(text, 11, 2), minute = Digits(text, 14, 2), second = Digits(text, 17, 2);
  if (!year || !month || !day || !hour || !minute || !second) return {};
  const std::chrono::year_month_day date{std::chrono::year(*year), std::chrono::month(static_cast<unsigned>(*month)),
                                         std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return {};
  return std::chrono::local_days(date) + std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
         std::chrono::seconds(*second);
}

// As in a row's line: docs/trail.md, "Rows". A tombstone has no control characters.
std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '"' || c == '\\') escaped += '\\';
    escaped += c;
  }
  return escaped;
}

// Does the row's detail tell of this tombstone? Its list of leaves may be cut, where it is long.
bool TellsOf(std::string_view detail, const Tombstone& stone) {
  const std::string head = Escaped("partition=" + stone.partition + " rows=" + std::to_string(stone.rows) +
                                   " by=" + stone.retired_by + " leaves=");
  if (!detail.starts_with(head)) return false;
  detail.remove_prefix(head.size());
  const std::string_view leaves = detail.substr(0, detail.find('"'));
  const std::string written = Written(stone.leaves);
  return leaves == written || (leaves.size() >= kLeavesToldBytesMin && written.starts_with(leaves));
}

}  // namespace

void RetirementRows::See(std::string_view line) {
  if (line.substr(0, kActionWithin).find(kAction) == std::string_view::npos) return;
  const std::size_t at = line.find(kDetail);
  if (at == std::string_view::npos) return;
  const std::string_view detail = line.substr(at + kDetail.size());
  for (std::size_t i = 0; i < tombstones_.size(); ++i) {
    if (TellsOf(detail, tombstones_[i])) told_[i] = true;
  }
}

void RetirementRows::SeeTime(std::string_view line) {
  newest_ = std::max(newest_, NameOf(line).recorded_at);
}

// A later tombstone is over the month in which this one was made.
bool RetirementRows::WasRetired(const Tombstone& told_of) const {
  return std::any_of(tombstones_.begin(), tombstones_.end(), [&told_of](const Tombstone& other) {
    return other.from <= told_of.retired_at && told_of.retired_at < other.until &&
           told_of.retired_at < other.retired_at;
  });
}

bool RetirementRows::IsYoung(const Tombstone& told_of) const {
  const std::optional<Seconds> retired = TimeOf(told_of.retired_at), newest = TimeOf(newest_);
  return retired && newest && *retired > *newest - kRetirementTimeMax && *retired <= *newest + kQuietTimeMax;
}

void RetirementRows::Judge(Findings& findings) const {
  for (std::size_t i = 0; i < tombstones_.size(); ++i) {
    if (told_[i] || WasRetired(tombstones_[i]) || IsYoung(tombstones_[i])) continue;
    findings.Add({FindingKind::kTombstoneUnrecorded, {}, {}, {}, "tombstones/" + tombstones_[i].partition});
  }
}

}  // namespace madoguchi::trail
