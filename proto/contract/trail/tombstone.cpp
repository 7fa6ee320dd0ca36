// SPDX-License-Identifier: Apache-2.0
#include "contract/trail/tombstone.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "contract/trail/merkle.h"

namespace madoguchi::trail {
namespace {

constexpr std::string_view kFirstLine = "madoguchi-tombstone/v1";
constexpr std::string_view kNothing = "-";
constexpr std::size_t kLines = 10;

Error DoesNotFit(const char* line) {
  return {ErrorCode::kTrailExportInvalid, std::string("tombstone: ") + line, {}};
}

// Without sign or leading zeros: every tombstone has one text.
std::optional<std::uint64_t> Number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size()) return {};
  if (text.size() > 1 && text.front() == '0') return {};
  return number;
}

std::optional<LeafRange> Range(std::string_view text) {
  const std::size_t dash = text.find('-');
  if (dash == std::string_view::npos) return {};
  const std::optional<std::uint64_t> first = Number(text.substr(0, dash)), last = Number(text.substr(dash + 1));
  if (!first || !last || *first > *last || *last >= kTreeSizeMax) return {};
  return LeafRange{*first, *last};
}

std::optional<std::vector<LeafRange>> Ranges(std::string_view text) {
  std::vector<LeafRange> ranges;
  if (text == kNothing) return ranges;
  for (;;) {
    const std::size_t comma = text.find(',');
    const std::optional<LeafRange> range = Range(text.substr(0, comma));
    if (!range || ranges.size() == kLeafRangesMax) return {};
    if (!ranges.empty() && range->first <= ranges.back().last) return {};
    ranges.push_back(*range);
    if (comma == std::string_view::npos) return ranges;
    text.remove_prefix(comma + 1);
  }
}

std::string OrNothing(const std::string& text) {
  return text.empty() ? std::string(kNothing) : text;
}

}  // namespace

std::string Written(const std::vector<LeafRange>& leaves) {
  std::string text;
  for (const LeafRange& range : leaves)
    text += (text.empty() ? "" : ",") + std::to_string(range.first) + "-" + std::to_string(range.last);
  return OrNothing(text);
}

bool Covers(const std::vector<LeafRange>& leaves, std::uint64_t leaf) {
  const auto after = std::upper_bound(leaves.begin(), leaves.end(), leaf,
                                      [](std::uint64_t place, const LeafRange& range) { return place < range.first; });
  return after != leaves.begin() && leaf <= std::prev(after)->last;
}

std::string TextOf(const Tombstone& tombstone) {
  std::string text;
  for (const std::string& line : {std::string(kFirstLine), tombstone.origin, tombstone.partition,
                                  std::to_string(tombstone.rows), Written(tombstone.leaves), OrNothing(tombstone.from),
                                  tombstone.until, tombstone.retired_by, tombstone.reason, tombstone.retired_at})
    text += line + "\n";
  return text;
}

Result<Tombstone> ReadTombstone(std::string_view text) {
  if (text.size() > kTombstoneBytesMax) return DoesNotFit("too long");
  std::vector<std::string_view> lines;
  while (!text.empty() && lines.size() <= kLines) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos || end == 0) return DoesNotFit("an empty or unfinished line");
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  if (lines.size() != kLines) return DoesNotFit("number of lines");
  if (lines[0] != kFirstLine) return DoesNotFit("first line");
  const std::optional<std::uint64_t> rows = Number(lines[3]);
  if (!rows) return DoesNotFit("rows");
  std::optional<std::vector<LeafRange>> leaves = Ranges(lines[4]);
  if (!leaves) return DoesNotFit("leaves");
  std::uint64_t count = 0;
  for (const LeafRange& range : *leaves) count += range.last - range.first + 1;
  if (count != *rows) return DoesNotFit("as many leaves as rows");
  return Tombstone{std::string(lines[1]),
                   std::string(lines[2]),
                   *rows,
                   std::move(*leaves),
                   lines[5] == kNothing ? std::string() : std::string(lines[5]),
                   std::string(lines[6]),
                   std::string(lines[7]),
                   std::string(lines[8]),
                   std::string(lines[9])};
}

}  // namespace madoguchi::trail
