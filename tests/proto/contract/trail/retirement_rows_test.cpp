// SPDX-License-Identifier: Apache-2.0
// Tombstones that are well signed, with and without a row of the trail that tells of them.
#include "contract/trail/retirement_rows.h"

#include <gmock/gmock.h>

#include <filesystem>

#include "tests/proto/contract/trail/sample_export.h"

namespace madoguchi::trail {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
namespace fs = std::filesystem;

class RetirementRowsTest : public testing::Test {
 protected:
  RetirementRowsTest() {
    log_.Append(1'000);
    log_.Sign();
    log_.Retire("audit_event_2026_11", {{0, 299}, {310, 311}});
  }
  const TestFolder folder_;
  SampleLog log_;
};

std::string RetirementRow(const std::string& detail) {
  return R"({"v":1,"sequence":1001,"recorded_at":"2026-11-23T12:00:01.000001+09:00","record_id":"00000000-0000-4000-8000-)"
         R"(000000001001","action":"audit.partition_retired","owner":"root","code":0,"detail":")" +
         detail + "\"}";
}

// Days later, when the row that tells of a retirement is long under a checkpoint.
TEST_F(RetirementRowsTest, ATombstoneThatNoRowTellsOfIsFound) {
  const std::string later =
      R"({"v":1,"sequence":2000,"recorded_at":"2026-11-27T09:00:00.000001+09:00","record_id":"00000000"})";
  const std::string right = "partition=audit_event_2026_11 rows=302 by=root leaves=0-299,310-311";
  for (const std::string& detail :
       {right, std::string(), std::string("partition=audit_event_2026_10 rows=302 by=root leaves=0-299,310-311"),
        std::string("partition=audit_event_2026_11 rows=302 by=root leaves=0-299"),
        std::string("partition=audit_event_2026_11 rows=302 by=other leaves=0-299,310-311")}) {
    SampleLog log = log_;
    if (!detail.empty()) log.AppendLine(RetirementRow(detail));
    log.AppendLine(later);
    log.Sign();
    log.Export(folder_.File("later"));
    const std::vector<std::string> told = Verified(folder_.File("later"), log);
    fs::remove_all(folder_.File("later"));
    if (detail == right) {
      EXPECT_THAT(told, IsEmpty());
    } else {
      EXPECT_THAT(told, ElementsAre("tombstone_unrecorded tombstones/audit_event_2026_11")) << detail;
    }
  }
}

TEST_F(RetirementRowsTest, ATombstoneWhoseRowWasRetiredItselfIsAccepted) {
  log_.AppendLine(RetirementRow("partition=audit_event_2026_11 rows=302 by=root leaves=0-299,310-311"));
  log_.AppendLine(R"({"v":1,"sequence":2000,"recorded_at":"2031-12-27T09:00:00.000001+09:00","record_id":"00000000"})");
  log_.Sign();
  log_.Retire("audit_event_2026_12", {{1'000, 1'000}}, "2031-12-27T10:00:00+09:00");
  log_.Export(folder_.File("later"));
  EXPECT_THAT(Verified(folder_.File("later"), log_), IsEmpty());
}

// A list of leaves that is longer than what a row holds is cut there.
TEST(RetirementRows, KnowATombstoneByTheBeginningOfItsLeaves) {
  Tombstone stone{
      kSampleOrigin, "p", 0, {}, "", "2026-12-01T00:00:00+09:00", "a \"b\"", "r", "2026-12-02T00:00:00+09:00"};
  for (std::uint64_t i = 0; i < 400; ++i) stone.leaves.push_back({10 * i, 10 * i + 2});
  stone.rows = 1200;
  const std::vector<Tombstone> stones = {stone};
  const std::string head = R"(partition=p rows=1200 by=a \"b\" leaves=)", leaves = Written(stone.leaves);
  const auto unrecorded = [&](const std::string& told) {
    RetirementRows rows(stones);
    rows.See(RetirementRow(head + told));
    Findings findings;
    rows.Judge(findings);
    return findings.all().size();
  };
  EXPECT_EQ(unrecorded(leaves), 0u);
  EXPECT_EQ(unrecorded(leaves.substr(0, 2'000)), 0u);
  EXPECT_EQ(unrecorded(leaves.substr(0, 100)), 1u);
  EXPECT_EQ(unrecorded("1" + leaves.substr(1, 1'999)), 1u);
}

}  // namespace
}  // namespace madoguchi::trail
