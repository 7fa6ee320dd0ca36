// SPDX-License-Identifier: Apache-2.0
// The commands "audit report", "rights" and "reviewed" as they are typed, against a console of the test.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/admin/cli/console_end.h"

namespace madoguchi::cli {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

class AuditReportCommandsTest : public testing::Test {
 protected:
  ConsoleEnd console_;
};

TEST_F(AuditReportCommandsTest, TheReportSaysWhatWasAskedInEachForm) {
  const auto ran = console_.Run({"audit", "report", "--month", "2026-11", "--open-from", "8", "--open-until", "19",
                                 "--closed-day", "0", "--closed-day", "6", "--burst", "5"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const v1::MakeTrailReportRequest& asked = console_.reviews.reported;
  EXPECT_EQ(asked.month(), "2026-11");
  EXPECT_EQ(asked.open_from(), 8u);
  EXPECT_EQ(asked.open_until(), 19u);
  EXPECT_THAT(asked.closed_days(), ElementsAre(0u, 6u));
  EXPECT_EQ(asked.burst(), 5u);
  EXPECT_THAT(ran.out, HasSubstr("監査証跡の月次報告 2026-11"));
  EXPECT_THAT(ran.err, HasSubstr("2026-11")) << "long work says that it goes on, not among what it answers";
  const auto told = console_.Run({"audit", "report", "--month", "2026-11", "--no-closed-days", "--json"});
  EXPECT_EQ(json::parse(told.out)["report"]["checks"], 41);
  EXPECT_TRUE(console_.reviews.reported.no_closed_days());
  EXPECT_THAT(console_.Run({"audit", "report", "--month", "2026-11", "--csv"}).out, HasSubstr("total,2026-11"));
  for (const std::vector<std::string>& wrong :
       std::vector<std::vector<std::string>>{{"--closed-day", "7"}, {"--burst", "0"}, {"--open-until", "25"}}) {
    EXPECT_EQ(console_.Run({"audit", "report", "--month", "2026-11", wrong[0], wrong[1]}).status, 2) << wrong[0];
  }
  EXPECT_EQ(console_.Run({"audit", "report"}).status, 2);
}

TEST_F(AuditReportCommandsTest, RightsSaySinceWhenTheTrailKnows) {
  const auto ran = console_.Run({"audit", "rights", "--day", "2026-11-23"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(console_.reviews.rights_of, "2026-11-23");
  for (const char* text : {"ada@clinic.example", "auditor", "証跡の始まり", "2026-01-01"})
    EXPECT_THAT(ran.out, HasSubstr(text));
}

TEST_F(AuditReportCommandsTest, AMarkOfReviewIsAgreedToFirst) {
  EXPECT_NE(console_.Run({"audit", "reviewed", "mark", "--size", "9"}).status, 0) << "nobody agreed";
  EXPECT_EQ(console_.reviews.marked.size(), 0);
  const auto ran = console_.Run({"audit", "reviewed", "mark", "--size", "9", "--yes"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(console_.reviews.marked.size(), 9);
  EXPECT_THAT(ran.out, HasSubstr("ada@clinic.example"));
}

}  // namespace
}  // namespace madoguchi::cli
