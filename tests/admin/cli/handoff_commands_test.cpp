// SPDX-License-Identifier: Apache-2.0
// The group "handoff" as it is typed, against a console of the test.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/admin/cli/console_end.h"

namespace madoguchi::cli {
namespace {

using nlohmann::json;
using testing::HasSubstr;

class HandoffCommandsTest : public testing::Test {
 protected:
  ConsoleEnd console_;
};

TEST_F(HandoffCommandsTest, EveryQuestionReachesTheServerAndNonsenseDoesNot) {
  const auto ran =
      console_.Run({"handoff", "list", "--channel", "show_again", "--state", "held", "--limit", "7", "--before", "99"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  const v1::ListHandoffRequest& asked = console_.handoffs.asked;
  EXPECT_EQ(asked.channel() + " " + asked.state(), "show_again held");
  EXPECT_EQ(asked.page_size(), 7u);
  EXPECT_EQ(asked.before(), 99);
  EXPECT_EQ(console_.Run({"handoff", "list", "--channel", "fax"}).status, 2);
  EXPECT_EQ(console_.Run({"handoff", "list", "--state", "lost"}).status, 2);
  EXPECT_EQ(console_.Run({"handoff", "list", "--limit", "501"}).status, 2);
  EXPECT_EQ(asked.page_size(), 7u);  // not asked again
}

TEST_F(HandoffCommandsTest, ShowsWhatWaitsAndWhyForPeopleAndPrograms) {
  const auto shown = console_.Run({"handoff", "list"});
  ASSERT_EQ(shown.status, 0) << shown.err;
  for (const char* text : {"停止", "2008", "窓口1", "2026-11-23 09:00", "OQSsiquc01res_face_1.xml", "--before 6"})
    EXPECT_THAT(shown.out, HasSubstr(text));
  const json listed = json::parse(console_.Run({"handoff", "list", "--json"}).out);
  EXPECT_EQ(listed["rows"][0]["state_code"], "refused");
  EXPECT_EQ(listed["rows"][0]["code"], 2008);
  EXPECT_EQ(listed["rows"][1]["channel_code"], "oqs_folder");
  EXPECT_EQ(listed["more"], true);
}

TEST_F(HandoffCommandsTest, ARefusedResultIsTriedAgainByItsNumber) {
  ASSERT_EQ(console_.Run({"handoff", "retry", "7"}).status, 0);
  EXPECT_EQ(console_.handoffs.retried, 7);
  EXPECT_EQ(console_.Run({"handoff", "retry", "6"}).status, 1);
  EXPECT_EQ(console_.Run({"handoff", "retry"}).status, 2);
}

TEST_F(HandoffCommandsTest, AKeptResultIsDestroyedOnlyAfterAQuestion) {
  EXPECT_EQ(console_.Run({"handoff", "discard", "7"}).status, 2);  // nobody to ask
  EXPECT_EQ(console_.handoffs.discarded, 0);
  ASSERT_EQ(console_.Run({"handoff", "discard", "7", "--yes"}).status, 0);
  EXPECT_EQ(console_.handoffs.discarded, 7);
}

}  // namespace
}  // namespace madoguchi::cli
