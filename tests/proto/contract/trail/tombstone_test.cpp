// SPDX-License-Identifier: Apache-2.0
#include "contract/trail/tombstone.h"

#include <gtest/gtest.h>

#include <utility>

namespace madoguchi::trail {
namespace {

Tombstone Stone() {
  return {"clinic.example/trail",
          "audit_event_2026_11",
          103,
          {{0, 99}, {200, 202}},
          "2026-11-01T00:00:00+09:00",
          "2026-12-01T00:00:00+09:00",
          "ada@clinic.example",
          "保存期間の満了",
          "2032-01-05T09:00:00+09:00"};
}

std::string Replaced(std::string text, const std::string& part, const std::string& by) {
  const std::size_t at = text.find(part);
  EXPECT_NE(at, std::string::npos) << part;
  return text.replace(at, part.size(), by);
}

TEST(Tombstone, IsTenLinesInTheirOrder) {
  EXPECT_EQ(TextOf(Stone()),
            "madoguchi-tombstone/v1\nclinic.example/trail\naudit_event_2026_11\n103\n0-99,200-202\n"
            "2026-11-01T00:00:00+09:00\n2026-12-01T00:00:00+09:00\nada@clinic.example\n保存期間の満了\n"
            "2032-01-05T09:00:00+09:00\n");
}

TEST(Tombstone, IsReadAsItWasWritten) {
  Tombstone empty = Stone();
  empty.rows = 0;
  empty.leaves.clear();
  empty.from.clear();
  for (const Tombstone& stone : {Stone(), empty}) {
    const Result<Tombstone> read = ReadTombstone(TextOf(stone));
    ASSERT_TRUE(read.ok());
    EXPECT_EQ(TextOf(*read), TextOf(stone));
    EXPECT_EQ(read->leaves, stone.leaves);
    EXPECT_EQ(read->from, stone.from);
  }
}

TEST(Tombstone, IsRefusedWhenALineDoesNotFit) {
  const std::string text = TextOf(Stone());
  const std::pair<const char*, const char*> changes[] = {{"/v1\n", "/v2\n"},
                                                         {"103\n", "104\n"},
                                                         {"103\n", "0103\n"},
                                                         {"103\n", "-103\n"},
                                                         {"0-99,", "0-99,,"},
                                                         {"0-99,200-202", "200-202,0-99"},
                                                         {"0-99,", "0-100,100-"},
                                                         {"99,200", "99,200-200,9"},
                                                         {"200-202", "202-200"},
                                                         {"200-202", "200-281474976710656"},
                                                         {"103\n0-99,200-202", "0\n0-18446744073709551615"},
                                                         {"ada@clinic.example", ""},
                                                         {"2032-01-05T09:00:00+09:00\n", ""}};
  for (const auto& [part, by] : changes) EXPECT_FALSE(ReadTombstone(Replaced(text, part, by)).ok()) << part << by;
  EXPECT_FALSE(ReadTombstone(text + "one more\n").ok());
  EXPECT_FALSE(ReadTombstone(text.substr(0, text.size() - 1)).ok());
  EXPECT_FALSE(ReadTombstone("").ok());
  EXPECT_FALSE(ReadTombstone(std::string(kTombstoneBytesMax + 1, '\n')).ok());
}

TEST(Tombstone, HasNoMoreRangesThanItsLimit) {
  Tombstone stone = Stone();
  stone.leaves.clear();
  for (std::uint64_t i = 0; i <= kLeafRangesMax; ++i) stone.leaves.push_back({2 * i, 2 * i});
  stone.rows = stone.leaves.size();
  EXPECT_FALSE(ReadTombstone(TextOf(stone)).ok());
  stone.leaves.pop_back();
  stone.rows = stone.leaves.size();
  EXPECT_TRUE(ReadTombstone(TextOf(stone)).ok());
}

TEST(Tombstone, CoversItsLeavesAndNoOthers) {
  const std::vector<LeafRange> leaves = Stone().leaves;
  for (const std::uint64_t leaf : {0, 50, 99, 200, 202}) EXPECT_TRUE(Covers(leaves, leaf)) << leaf;
  for (const std::uint64_t leaf : {100, 199, 203, 1000000}) EXPECT_FALSE(Covers(leaves, leaf)) << leaf;
  EXPECT_FALSE(Covers({}, 0));
}

}  // namespace
}  // namespace madoguchi::trail
