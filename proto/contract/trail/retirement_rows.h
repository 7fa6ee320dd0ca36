// SPDX-License-Identifier: Apache-2.0
// Tombstones and the rows that tell of them. Whoever retires a month of the trail records it, in the transaction in
// which the rows go; so a tombstone that no row tells of covers what was removed in another way, by somebody who has
// the key. Its row may be missing where it cannot be there: it is younger than the checkpoint, or was retired itself.
// Thread: one. Ownership: the tombstones outlive it. Source of the row: server/store/trail_retirement.cpp.
#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "contract/trail/finding.h"
#include "contract/trail/tombstone.h"

namespace madoguchi::trail {

// Between a tombstone's time and its row's, and until a checkpoint is over that row.
inline constexpr std::chrono::minutes kRetirementTimeMax{10};
inline constexpr std::chrono::hours kQuietTimeMax{24};    // without any row, before a retirement
inline constexpr std::size_t kLeavesToldBytesMin = 1024;  // of a row's list of leaves, where it is cut

class RetirementRows {
 public:
  explicit RetirementRows(const std::vector<Tombstone>& tombstones)
      : tombstones_(tombstones), told_(tombstones.size()) {}
  bool empty() const { return tombstones_.empty(); }
  // Every row that is there.
  void See(std::string_view line);
  // The last row of a tile: until when the rows go.
  void SeeTime(std::string_view line);
  void Judge(Findings& findings) const;

 private:
  bool WasRetired(const Tombstone& told_of) const;
  bool IsYoung(const Tombstone& told_of) const;

  const std::vector<Tombstone>& tombstones_;
  std::vector<bool> told_;
  std::string newest_;  // recorded_at
};

}  // namespace madoguchi::trail
