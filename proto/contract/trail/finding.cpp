// SPDX-License-Identifier: Apache-2.0
#include "contract/trail/finding.h"

#include <algorithm>
#include <array>
#include <utility>

namespace madoguchi::trail {
namespace {

constexpr std::size_t kSequenceDigitsMax = 20;
constexpr std::size_t kTimeBytesMax = 40;

// The characters in front, of `allowed` only, up to `end`; empty when there is anything else.
std::string_view Until(std::string_view text, char end, std::string_view allowed, std::size_t bytes_max) {
  const std::size_t length = std::min(text.find_first_not_of(allowed), text.size());
  return length <= bytes_max && length < text.size() && text[length] == end ? text.substr(0, length)
                                                                            : std::string_view();
}

std::size_t IsOfNotes(FindingKind kind) {
  switch (kind) {
    case FindingKind::kCheckpointInvalid:
    case FindingKind::kCheckpointOld:
    case FindingKind::kCutOff:
    case FindingKind::kForked:
    case FindingKind::kTombstoneInvalid:
    case FindingKind::kWitnessInvalid:
    case FindingKind::kRowsUnsigned:
    case FindingKind::kTombstoneUnrecorded:
      return 1;
    default:
      return 0;
  }
}

}  // namespace

std::string_view Word(FindingKind kind) {
  constexpr std::array<std::string_view, 19> kWords = {"checkpoint_invalid",
                                                       "checkpoint_old",
                                                       "cut_off",
                                                       "forked",
                                                       "tile_changed",
                                                       "tile_missing",
                                                       "row_edited",
                                                       "length_changed",
                                                       "rows_removed",
                                                       "row_added",
                                                       "row_moved",
                                                       "rows_swapped",
                                                       "row_duplicated",
                                                       "rows_differ",
                                                       "rows_unproven",
                                                       "tombstone_invalid",
                                                       "witness_invalid",
                                                       "rows_unsigned",
                                                       "tombstone_unrecorded"};
  static_assert(static_cast<std::size_t>(FindingKind::kTombstoneUnrecorded) + 1 == kWords.size());
  return kWords.at(static_cast<std::size_t>(kind));
}

RowName NameOf(std::string_view line) {
  constexpr std::string_view kSequence = "{\"v\":1,\"sequence\":", kTime = ",\"recorded_at\":\"";
  RowName name;
  if (!line.starts_with(kSequence)) return name;
  line.remove_prefix(kSequence.size());
  name.sequence = Until(line, ',', "0123456789", kSequenceDigitsMax);
  line.remove_prefix(name.sequence.size());
  if (name.sequence.empty() || !line.starts_with(kTime)) return name;
  name.recorded_at = Until(line.substr(kTime.size()), '"', "0123456789-:.T+", kTimeBytesMax);
  return name;
}

bool Findings::HasRoomFor(FindingKind kind) const {
  return kept_[IsOfNotes(kind)] < kFindingsMax;
}

void Findings::Add(Finding finding) {
  if (HasRoomFor(finding.kind)) {
    ++kept_[IsOfNotes(finding.kind)];
    all_.push_back(std::move(finding));
  } else {
    ++left_out_;
  }
}

void Findings::SortByRow() {
  std::stable_sort(all_.begin(), all_.end(), [](const Finding& left, const Finding& right) {
    return left.first.value_or(0) < right.first.value_or(0);
  });
}

}  // namespace madoguchi::trail
