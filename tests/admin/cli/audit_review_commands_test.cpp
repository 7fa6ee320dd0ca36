// SPDX-License-Identifier: Apache-2.0
// The commands "audit timeline", "subject", "without-subject" and "saved" as they are typed, against a console of the
// test.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/admin/cli/console_end.h"

namespace madoguchi::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class AuditReviewCommandsTest : public testing::Test {
 protected:
  ConsoleEnd console_;
};

TEST_F(AuditReviewCommandsTest, ATimelineIsOfAPressOrOfAnAccount) {
  const auto shown = console_.Run({"audit", "timeline", "11111111-0000-4000-8000-000000000001"});
  ASSERT_EQ(shown.status, 0) << shown.err;
  EXPECT_EQ(console_.reviews.timeline.press_id(), "11111111-0000-4000-8000-000000000001");
  for (const char* text : {"間隔 ms", "412", "--since"}) EXPECT_THAT(shown.out, HasSubstr(text));
  ASSERT_EQ(console_.Run({"audit", "timeline", "W0000001", "--since", "2026-11-01"}).status, 0);
  EXPECT_EQ(console_.reviews.timeline.account_id(), "W0000001");
  EXPECT_EQ(console_.reviews.timeline.since(), "2026-11-01T00:00:00+09:00");
  EXPECT_TRUE(console_.reviews.timeline.press_id().empty());
  EXPECT_EQ(console_.Run({"audit", "timeline"}).status, 2);
}

TEST_F(AuditReviewCommandsTest, WhoLookedAtAPatientAsksForTheirNumberWhenNothingIsNamed) {
  ASSERT_EQ(console_.Run({"audit", "subject", "--until", "2026-12-01"}, "patient_number=Z-1\n").status, 0);
  EXPECT_EQ(console_.reviews.subject.patient().patient_number(), "Z-1");
  EXPECT_EQ(console_.reviews.subject.until(), "2026-12-01T00:00:00+09:00");
  ASSERT_EQ(console_
                .Run({"audit", "subject", "--insurances", "1"},
                     "insurer_number=06138057\nsymbol=\nnumber=31415926\nbranch=\n")
                .status,
            0);
  EXPECT_TRUE(console_.reviews.subject.patient().patient_number().empty());
  EXPECT_EQ(console_.reviews.subject.patient().insurances(0).number(), "31415926");
}

TEST_F(AuditReviewCommandsTest, ChecksWithoutASubjectAreShownByDeskAndMinute) {
  const auto shown = console_.Run({"audit", "without-subject", "--since", "2026-11-01", "--until", "2026-12-01"});
  ASSERT_EQ(shown.status, 0) << shown.err;
  for (const char* text : {"2026-11-23 09:00", "窓口1", "3", "どの番号でも探せない"})
    EXPECT_THAT(shown.out, HasSubstr(text));
  EXPECT_EQ(console_.reviews.without.since(), "2026-11-01T00:00:00+09:00");
  const json told = json::parse(
      console_.Run({"audit", "without-subject", "--since", "2026-11-01", "--until", "2026-12-01", "--json"}).out);
  EXPECT_EQ(told["minutes"][0]["not_to_be_found"], 2);
  EXPECT_EQ(console_.Run({"audit", "without-subject", "--since", "2026-11-01"}).status, 2) << "a span has an end";
}

TEST_F(AuditReviewCommandsTest, SavedSearchesAreListed) {
  EXPECT_THAT(console_.Run({"audit", "saved", "list"}).out, HasSubstr("回答"));
  EXPECT_EQ(console_.Run({"audit", "saved", "delete"}).status, 2);
}

}  // namespace
}  // namespace madoguchi::cli
