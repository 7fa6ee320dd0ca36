// SPDX-License-Identifier: Apache-2.0
#include "contract/trail/finding.h"

#include <gtest/gtest.h>

#include "tests/proto/contract/trail/sample_export.h"

namespace madoguchi::trail {
namespace {

TEST(Finding, NamesAreReadOnlyWhereTheyHaveTheirForm) {
  EXPECT_EQ(NameOf(SampleLine(16)).sequence, "17");
  EXPECT_EQ(NameOf(SampleLine(16)).recorded_at, "2026-11-23T09:10:26.123456+09:00");
  for (const char* line : {"", "{\"v\":1,\"sequence\":x", "{\"v\":1,\"sequence\":", "{\"v\":2,\"sequence\":1,"})
    EXPECT_EQ(NameOf(line).sequence, "") << line;
  EXPECT_EQ(NameOf("{\"v\":1,\"sequence\":17,\"recorded_at\":\"\x1b[2J\"").recorded_at, "");
}

TEST(Finding, FindingsBeyondTheLimitAreCounted) {
  Findings findings;
  for (std::uint64_t row = 0; row < kFindingsMax + 5; ++row) findings.Add({FindingKind::kRowEdited, row});
  EXPECT_EQ(findings.all().size(), kFindingsMax);
  EXPECT_EQ(findings.left_out(), 5u);
  // A thousand edited rows do not hide what was done to the whole.
  findings.Add({FindingKind::kForked, 3, 4, {}, "kept"});
  findings.Add({FindingKind::kTileChanged, 3, 4, {}, "tile/0/000"});
  EXPECT_EQ(findings.all().back().kind, FindingKind::kForked);
  EXPECT_EQ(findings.left_out(), 6u);
}

}  // namespace
}  // namespace madoguchi::trail
