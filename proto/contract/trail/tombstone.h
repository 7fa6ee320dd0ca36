// SPDX-License-Identifier: Apache-2.0
// Tombstones: what is said, and signed as a note (checkpoint.h), when a partition of the trail is retired: its rows are
// gone, their hashes stay in the tree. The text has ten lines, in this order:
//
//   madoguchi-tombstone/v1 · origin · partition · rows · leaves "0-8191,8200-9000" (inclusive) · from · until ·
//   retired by · reason · retired at
//
// "-" stands where there is nothing: no leaves, or a first partition without a beginning. Times: RFC 3339. Thread: any.
// Errors: TRAIL_EXPORT_INVALID (which line does not fit).
#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "contract/result.h"

namespace madoguchi::trail {

inline constexpr std::size_t kTombstoneBytesMax = 65536;  // of the whole note
inline constexpr std::size_t kLeafRangesMax = 1500;       // rows of one month lie side by side, but for late commits
inline constexpr std::size_t kReasonCharactersMax = 200;

struct LeafRange {
  std::uint64_t first = 0, last = 0;  // both belong to it
  friend bool operator==(const LeafRange&, const LeafRange&) = default;
};

struct Tombstone {
  std::string origin;     // of the trail: the signing key's name
  std::string partition;  // "audit_event_2026_11"
  std::uint64_t rows = 0;
  std::vector<LeafRange> leaves;  // ascending, apart from each other; as many leaves as rows
  std::string from, until;        // empty `from`: the beginning
  std::string retired_by, reason, retired_at;
};

// Precondition: no text has a line break, and only `from` may be empty.
std::string TextOf(const Tombstone& tombstone);
// Of the text of an opened note.
Result<Tombstone> ReadTombstone(std::string_view text);

// "0-8191,8200-9000"; "-": none.
std::string Written(const std::vector<LeafRange>& leaves);
bool Covers(const std::vector<LeafRange>& leaves, std::uint64_t leaf);

}  // namespace madoguchi::trail
