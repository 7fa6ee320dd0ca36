// SPDX-License-Identifier: Apache-2.0
#include "contract/trail/entries.h"

#include <gtest/gtest.h>

#include "tests/proto/contract/trail/sample_export.h"

namespace madoguchi::trail {
namespace {

struct Bundle256 {
  Bytes bytes, hashes;
  std::vector<std::size_t> starts;  // of the lengths
};

Bundle256 Made(std::size_t rows) {
  Bundle256 made;
  for (std::size_t i = 0; i < rows; ++i) {
    made.starts.push_back(made.bytes.size());
    AppendEntry(SampleLine(i), made.bytes);
    const Hash hash = LeafHash(AsBytes(SampleLine(i)));
    made.hashes.insert(made.hashes.end(), hash.begin(), hash.end());
  }
  return made;
}

TEST(Entries, AreReadAsTheyWereWritten) {
  const Bundle256 made = Made(256);
  std::vector<Entry> entries;
  ReadEntries(made.bytes, made.hashes, entries);
  ASSERT_EQ(entries.size(), 256u);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(entries[i].line, SampleLine(i));
    EXPECT_FALSE(entries[i].repaired);
  }
}

TEST(Entries, TheLongestRowAndARetiredOneFit) {
  Bytes bundle;
  AppendEntry(std::string(kEntryBytesMax, 'x'), bundle);
  AppendEntry("", bundle);
  std::vector<Entry> entries;
  ReadEntries(bundle, {}, entries);
  ASSERT_EQ(entries.size(), 2u);
  EXPECT_EQ(entries[0].line.size(), kEntryBytesMax);
  EXPECT_TRUE(entries[1].line.empty());
  EXPECT_FALSE(entries[1].repaired);
}

TEST(Entries, AWrongLengthSpoilsNoOtherRow) {
  const Bundle256 made = Made(20);
  std::vector<Entry> entries;
  for (std::size_t row = 0; row < made.starts.size(); ++row) {
    for (const std::size_t byte : {0, 1}) {
      for (const int flip : {1, 0x80, 0xff}) {
        Bytes bytes = made.bytes;
        bytes[made.starts[row] + byte] ^= static_cast<std::uint8_t>(flip);
        ReadEntries(bytes, made.hashes, entries);
        ASSERT_EQ(entries.size(), 20u) << row << " " << byte << " " << flip;
        for (std::size_t i = 0; i < 20; ++i) {
          ASSERT_EQ(entries[i].line, SampleLine(i));
          ASSERT_EQ(entries[i].repaired, i == row);
        }
      }
    }
  }
}

TEST(Entries, BytesOfAnyKindAreReadWithinTheirEnd) {
  std::vector<Entry> entries;
  ReadEntries({}, {}, entries);
  EXPECT_TRUE(entries.empty());
  const Bytes one = {5};
  ReadEntries(one, {}, entries);
  EXPECT_EQ(entries.size(), 1u);
  EXPECT_TRUE(entries[0].repaired);
  ReadEntries(Bytes(10'000, 0), {}, entries);
  EXPECT_EQ(entries.size(), kBundleEntriesMax);
  ReadEntries(Bytes(10'000, 0xff), {}, entries);
  EXPECT_EQ(entries.size(), 1u);
}

}  // namespace
}  // namespace madoguchi::trail
