// SPDX-License-Identifier: Apache-2.0
// The command "calls" as it is typed, against a console of the test.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/admin/cli/console_end.h"

namespace madoguchi::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class CallCommandsTest : public testing::Test {
 protected:
  ConsoleEnd console_;
};

TEST_F(CallCommandsTest, EveryQuestionReachesTheServer) {
  console_.desks.asked.add_names("窓口1");
  const auto ran = console_.Run({"calls",     "--kind",  "check",      "--outcome", "unknown",
                                 "--desk",    "窓口1",   "--code",     "1302",      "--key",
                                 "k",         "--since", "2026-11-23", "--until",   "2026-11-23 17:30",
                                 "--limit",   "7",       "--before",   "99",        "--institution",
                                 "1311234567"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const v1::SearchCallsRequest& asked = console_.calls.asked;
  EXPECT_EQ(asked.kind() + " " + asked.outcome() + " " + asked.desk_id() + " " + asked.key(), "check unknown desk-0 k");
  EXPECT_EQ(asked.code(), 1302);
  EXPECT_EQ(asked.since(), "2026-11-23T00:00:00+09:00");
  EXPECT_EQ(asked.until(), "2026-11-23T17:30:00+09:00");
  EXPECT_EQ(asked.page_size(), 7u);
  EXPECT_EQ(asked.before(), 99);
  EXPECT_EQ(asked.institution_code(), "1311234567");
}

TEST_F(CallCommandsTest, ATimeWithAZoneStaysAndNonsenseIsRefusedBeforeTheServerIsAsked) {
  ASSERT_EQ(console_.Run({"calls", "--since", "2026-11-23T00:00:00Z"}).status, 0);
  EXPECT_EQ(console_.calls.asked.since(), "2026-11-23T00:00:00Z");
  const int count = console_.calls.count;
  for (const char* time : {"yesterday", "2026", "2026-11-23T", "23.11.2026"})
    EXPECT_EQ(console_.Run({"calls", "--since", time}).status, 2) << time;
  EXPECT_EQ(console_.Run({"calls", "--kind", "chek"}).status, 2);
  EXPECT_EQ(console_.Run({"calls", "--outcome", "lost"}).status, 2);
  EXPECT_EQ(console_.Run({"calls", "--limit", "501"}).status, 2);
  EXPECT_EQ(console_.calls.count, count);
}

TEST_F(CallCommandsTest, ShowsCallsForPeopleProgramsAndSpreadsheets) {
  const auto shown = console_.Run({"calls"});
  ASSERT_EQ(shown.status, 0) << shown.err;
  for (const char* text : {"資格確認", "照合済み", "届いていなかった", "2026-11-23 09:00", "--before 11"})
    EXPECT_THAT(shown.out, HasSubstr(text));
  const json listed = json::parse(console_.Run({"calls", "--json"}).out);
  EXPECT_EQ(listed["calls"][0]["kind_code"], "check");
  EXPECT_EQ(listed["calls"][0]["took_us"], 412'000);
  EXPECT_EQ(listed["calls"][1]["outcome_code"], "reconciled");
  EXPECT_EQ(listed["calls"][1]["code"], 1302);
  EXPECT_FALSE(listed["calls"][1].contains("key"));
  EXPECT_EQ(listed["more"], true);
  EXPECT_THAT(console_.Run({"calls", "--csv"}).out, HasSubstr("check,資格確認"));
}

}  // namespace
}  // namespace madoguchi::cli
