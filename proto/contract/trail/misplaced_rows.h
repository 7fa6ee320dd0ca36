// SPDX-License-Identifier: Apache-2.0
// What happened to rows that are not where the tree has them: edited, removed, added, moved, swapped, copied. The
// hashes of the rows that stand at wrong places are compared with those that are missing at theirs; rows that only slid
// along because one before them was removed or added are not told. Thread: one. Memory: at most kMisplacedMax rows of
// each kind; what is beyond is told as one finding.
#pragma once
#include <cstdint>
#include <functional>
#include <unordered_map>
#include <vector>

#include "contract/result.h"
#include "contract/trail/finding.h"
#include "contract/trail/merkle.h"

namespace madoguchi::trail {

inline constexpr std::size_t kMisplacedMax = 65'536;
inline constexpr std::uint64_t kSlideMax = 1024;  // rows, at the end of what is looked at, that may have slid out of it

struct HashOfHash {
  std::size_t operator()(const Hash& hash) const;
};
using Leaves = std::unordered_map<Hash, std::uint64_t, HashOfHash>;

class MisplacedRows {
 public:
  // In order of their places; `place` of rows behind the end of their bundle goes on counting.
  void AddStrange(std::uint64_t place, const Hash& hash, RowName name);
  // In order of the leaves.
  void AddMissing(std::uint64_t leaf, const Hash& hash);
  // A whole bundle is gone.
  void AddGone(std::uint64_t first, std::uint64_t last);

  struct Seams {
    std::function<Result<void>(Leaves&)> find;  // fills in the leaf of each hash that the tree has anywhere
    std::function<Result<RowName>(std::uint64_t leaf)> called;  // a row that may be there; else empty
  };
  Result<void> Judge(std::uint64_t size, const Seams& seams, Findings& findings);

 private:
  struct Strange {
    std::uint64_t place;
    Hash hash;
    RowName name;
    std::size_t missing = SIZE_MAX;  // which one it is
    bool told = false;
    bool slid = false;
  };
  struct Missing {
    std::uint64_t leaf;
    Hash hash;
    bool found = false;
  };
  void Match();
  void TellSwaps(Findings& findings);
  bool CouldSlide(const Strange& strange) const;
  void FindSlides();
  Result<void> TellCopies(const std::function<Result<void>(Leaves&)>& find, Findings& findings);
  void TellTheRest(Findings& findings);
  Result<void> TellRemoved(std::uint64_t size, const Seams& seams, Findings& findings);
  std::size_t MissingAt(std::uint64_t leaf) const;  // index of the first that is not before `leaf`

  std::vector<Strange> strange_;
  std::vector<Missing> missing_;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> gone_;  // first, last
  std::uint64_t cut_at_ = UINT64_MAX;                          // rows from here on are not looked at one by one
  std::uint64_t last_ = 0;
};

}  // namespace madoguchi::trail
