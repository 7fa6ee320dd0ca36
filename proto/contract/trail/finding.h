// SPDX-License-Identifier: Apache-2.0
// What a verification found. Rows are named by their leaf, counted from 0 in the order of the tree, and, where their
// line can still be read, by the sequence and time in it, which are then only what the line claims.
#pragma once
#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace madoguchi::trail {

inline constexpr std::size_t kFindingsMax = 1000;  // that are told one by one

enum class FindingKind {
  kCheckpointInvalid,  // `file`: changed, not signed by the key, or not there
  kCheckpointOld,      // `file` is older than another one of the same export
  kCutOff,             // rows first–last, the end of what was signed, are not there
  kForked,             // `file` was signed over other rows; the first difference lies in first–last
  kTileChanged,        // `file`: hashes of rows first–last
  kTileMissing,
  kRowEdited,      // row `first`
  kLengthChanged,  // row `first` is right, the length written before it is not
  kRowsRemoved,    // first–last
  kRowAdded,       // at place `first`
  kRowMoved,       // row `first` stands at place `place`
  kRowsSwapped,    // rows `first` and `place` stand at each other's place
  kRowDuplicated,  // a copy of row `first` stands at place `place`
  kRowsDiffer,     // rows first–last differ as well; what happened to each is not told
  kRowsUnproven,   // first–last: neither rows nor hashes agree with what was signed
  kTombstoneInvalid,
  kWitnessInvalid,       // `file` has a line of a given witness that is not its signature
  kRowsUnsigned,         // `file`: rows first–last lie behind the last one that a checkpoint is over
  kTombstoneUnrecorded,  // `file`: no row of the trail tells that this was retired
};

// "row_edited": in JSON, and known to scripts.
std::string_view Word(FindingKind kind);

struct RowName {
  std::string sequence, recorded_at;  // digits; RFC 3339; empty: not readable
};
// Only what has the form of a sequence and of a time: a tampered line reaches no screen.
RowName NameOf(std::string_view line);

struct Finding {
  FindingKind kind;
  std::optional<std::uint64_t> first = {}, last = {}, place = {};
  std::string file = {};    // below the export's folder, or as it was given
  std::string detail = {};  // English, for the file that does not fit
  RowName row = {};
  RowName before = {};  // of rows that are missing: the row before them
};

// At most kFindingsMax about rows and hashes and as many about what was signed are kept, so that a thousand edited rows
// do not hide a fork; the others are counted.
class Findings {
 public:
  void Add(Finding finding);
  void SortByRow();
  const std::vector<Finding>& all() const { return all_; }
  std::uint64_t left_out() const { return left_out_; }
  bool empty() const { return all_.empty(); }
  bool HasRoomFor(FindingKind kind) const;

 private:
  std::vector<Finding> all_;
  std::array<std::size_t, 2> kept_{};  // about rows and hashes, about what was signed
  std::uint64_t left_out_ = 0;
};

}  // namespace madoguchi::trail
