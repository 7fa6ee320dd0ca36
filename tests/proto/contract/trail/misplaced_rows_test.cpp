// SPDX-License-Identifier: Apache-2.0
// Rows that are not where the tree has them.
#include "contract/trail/misplaced_rows.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <functional>

#include "tests/proto/contract/trail/tampered.h"

namespace madoguchi::trail {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;
namespace fs = std::filesystem;

TEST_F(Tampered, RowsRemovedAddedSwappedMovedAndCopiedAreNamed) {
  const std::string folder = Export(*many_);
  const Lines good = Bundle(folder, 7, kRows);  // rows 1792–2047
  const auto told = [&](const std::function<void(Lines&)>& change) {
    Lines lines = good;
    change(lines);
    PutBundle(folder, 7, kRows, lines);
    return Verified(folder, *many_);
  };
  EXPECT_THAT(told([](Lines& lines) { lines.erase(lines.begin() + 10); }), ElementsAre("rows_removed 1802"));
  EXPECT_THAT(told([](Lines& lines) { lines.erase(lines.begin() + 10, lines.begin() + 20); }),
              ElementsAre("rows_removed 1802-1811"));
  EXPECT_THAT(told([](Lines& lines) { lines.pop_back(); }), ElementsAre("rows_removed 2047"));
  EXPECT_THAT(told([](Lines& lines) { lines.insert(lines.begin() + 10, SampleLine(7, 99)); }),
              ElementsAre("row_added 1802"));
  EXPECT_THAT(told([](Lines& lines) { lines.push_back(SampleLine(7, 99)); }), ElementsAre("row_added 2048"));
  EXPECT_THAT(told([](Lines& lines) { std::swap(lines[3], lines[90]); }), ElementsAre("rows_swapped 1795 1882"));
  EXPECT_THAT(told([](Lines& lines) { std::swap(lines[3], lines[4]); }), ElementsAre("rows_swapped 1795 1796"));
  EXPECT_THAT(told([](Lines& lines) { std::rotate(lines.begin() + 3, lines.begin() + 4, lines.begin() + 9); }),
              ElementsAre("row_moved 1795 1800"));
  EXPECT_THAT(told([](Lines& lines) { lines.insert(lines.begin() + 4, lines[3]); }),
              ElementsAre("row_duplicated 1795 1796"));
  EXPECT_THAT(told([](Lines& lines) { lines[50] = lines[3]; }),
              ElementsAre("row_duplicated 1795 1842", "rows_removed 1842"));
  EXPECT_THAT(told([](Lines& lines) { lines[50] = SampleLine(3); }),
              ElementsAre("row_duplicated 3 1842", "rows_removed 1842"));
  EXPECT_THAT(told([](Lines& lines) {
                lines.erase(lines.begin() + 10);
                lines[40][30] ^= 1;
              }),
              ElementsAre("rows_removed 1802", "row_edited 1833"));
  EXPECT_THAT(told([](Lines& lines) { lines[10].clear(); }), ElementsAre("rows_removed 1802"));
  EXPECT_THAT(told([](Lines&) {}), IsEmpty());
}

TEST_F(Tampered, WhatWasDoneAtEveryPlaceOfASmallTrailIsNamed) {
  const std::string folder = Export(*few_);
  const Lines good = Bundle(folder, 0, kFewRows);
  for (std::uint64_t row = 0; row < kFewRows; ++row) {
    const std::string here = std::to_string(row);
    Lines lines = good;
    lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(row));
    PutBundle(folder, 0, kFewRows, lines);
    ASSERT_THAT(Verified(folder, *few_), ElementsAre((row == 199 ? "cut_off " : "rows_removed ") + here));
    lines = good;
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(row), SampleLine(1, 99));
    PutBundle(folder, 0, kFewRows, lines);
    ASSERT_THAT(Verified(folder, *few_), ElementsAre("row_added " + here));
    lines = good;
    lines.insert(lines.begin() + static_cast<std::ptrdiff_t>(row), good[(row * 7 + 3) % kFewRows]);
    PutBundle(folder, 0, kFewRows, lines);
    ASSERT_THAT(Verified(folder, *few_),
                Contains(StartsWith("row_duplicated " + std::to_string((row * 7 + 3) % kFewRows))))
        << row;
  }
}

TEST_F(Tampered, RowsBeyondOneBundleAreNamed) {
  const std::string folder = Export(*many_);
  // One row less, and everything behind it one place nearer, over all bundles.
  Lines all;
  for (std::uint64_t index = 0; index * kTileWidth < kRows; ++index) {
    const Lines lines = Bundle(folder, index, kRows);
    all.insert(all.end(), lines.begin(), lines.end());
  }
  const auto put = [&](const Lines& lines) {
    for (std::uint64_t index = 0; index * kTileWidth < kRows; ++index) {
      const auto begin = lines.begin() + static_cast<std::ptrdiff_t>(index * kTileWidth);
      const auto count = std::min<std::ptrdiff_t>(kTileWidth, lines.end() - begin);
      PutBundle(folder, index, kRows, {begin, begin + count});
    }
  };
  Lines lines = all;
  lines.erase(lines.begin() + 4'321);
  put(lines);
  EXPECT_THAT(Verified(folder, *many_), ElementsAre("rows_removed 4321"));
  lines = all;
  std::swap(lines[17], lines[9'000]);
  put(lines);
  EXPECT_THAT(Verified(folder, *many_), ElementsAre("rows_swapped 17 9000"));
  lines = all;
  lines.resize(9'000);
  lines.resize(kRows);
  put(lines);
  EXPECT_THAT(Verified(folder, *many_), ElementsAre("cut_off 9000-10006"));
}

TEST_F(Tampered, LostBundlesAreNamed) {
  const std::string folder = Export(*many_);
  fs::remove(folder + "/" + EntriesPath(4, 256));
  fs::remove(folder + "/" + EntriesPath(5, 256));
  EXPECT_THAT(Verified(folder, *many_), ElementsAre("rows_removed 1024-1535"));
  fs::remove(folder + "/" + EntriesPath(39, kRows % 256));
  EXPECT_THAT(Verified(folder, *many_), ElementsAre("rows_removed 1024-1535", "cut_off 9984-10006"));
}

}  // namespace
}  // namespace madoguchi::trail
