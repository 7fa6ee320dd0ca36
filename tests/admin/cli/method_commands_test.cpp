// SPDX-License-Identifier: Apache-2.0
// The group "method" as it is typed, against a console of the test.
#include <gmock/gmock.h>

#include <nlohmann/json.hpp>

#include "tests/admin/cli/console_end.h"

namespace madoguchi::cli {
namespace {

using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr char kDesk[] = "11111111-2222-4333-8444-555555555555";

class MethodCommandsTest : public testing::Test {
 protected:
  ConsoleEnd console_;
};

TEST_F(MethodCommandsTest, ARuleIsTypedAsPeopleSayIt) {
  const auto ran = console_.Run({"method", "add", "--zone", "2階", "--days", "1-3,5", "--from", "09:00", "--until",
                                 "12:30", "--allow", "pin", "--allow", "sight", "--json"});
  ASSERT_EQ(ran.status, 0) << ran.err;
  EXPECT_EQ(json::parse(ran.out)["number"], 8);
  const v1::MethodRule& rule = console_.methods.added;
  EXPECT_EQ(rule.zone(), "2階");
  EXPECT_THAT(rule.weekdays(), ElementsAre(1, 2, 3, 5));
  EXPECT_EQ(rule.from() + " " + rule.until(), "09:00 12:30");
  EXPECT_THAT(rule.methods(), ElementsAre(v1::PIN, v1::SIGHT));
}

TEST_F(MethodCommandsTest, ADeskIsNamedOrGivenById) {
  console_.desks.asked.add_names("窓口1");
  ASSERT_EQ(console_.Run({"method", "add", "--desk", "窓口1", "--allow", "pin"}).status, 0);
  EXPECT_EQ(console_.methods.added.desk_id(), "desk-0");
  ASSERT_EQ(console_.Run({"method", "zone", kDesk, "2階"}).status, 0);
  EXPECT_EQ(console_.methods.zone.desk_id() + console_.methods.zone.zone(), std::string(kDesk) + "2階");
  ASSERT_EQ(console_.Run({"method", "zone", kDesk}).status, 0);
  EXPECT_EQ(console_.methods.zone.zone(), "");
  EXPECT_EQ(console_.Run({"method", "zone", "窓口9", "2階"}).status, 1);
}

TEST_F(MethodCommandsTest, ForbiddingEverythingHasToBeMeant) {
  EXPECT_EQ(console_.Run({"method", "add"}).status, 2);
  EXPECT_EQ(console_.Run({"method", "add", "--none", "--allow", "pin"}).status, 2);
  EXPECT_EQ(console_.Run({"method", "add", "--none"}).status, 2);  // nobody to ask
  ASSERT_EQ(console_.Run({"method", "add", "--none", "--yes"}).status, 0);
  EXPECT_EQ(console_.methods.added.methods_size(), 0);
}

TEST_F(MethodCommandsTest, WhatIsNoDayOrNoMethodIsRefusedBeforeTheServerIsAsked) {
  for (const char* days : {"0", "8", "5-3", "1,", "1-", "mon", "1;2", ",1", "1-99999999999"})
    EXPECT_EQ(console_.Run({"method", "add", "--allow", "pin", "--days", days}).status, 2) << days;
  EXPECT_EQ(console_.Run({"method", "add", "--allow", "face"}).status, 2);
  EXPECT_EQ(console_.Run({"method", "add", "--allow", "pin", "--desk", kDesk, "--zone", "2階"}).status, 2);
  EXPECT_EQ(console_.methods.added.methods_size(), 0);
}

TEST_F(MethodCommandsTest, ListsRulesAndWhatFollowsNowForPeopleAndPrograms) {
  const auto rules = console_.Run({"method", "list"});
  ASSERT_EQ(rules.status, 0) << rules.err;
  EXPECT_THAT(rules.out, HasSubstr("暗証番号, 目視"));
  EXPECT_THAT(rules.out, HasSubstr("09:00"));
  EXPECT_THAT(rules.out, HasSubstr("7"));
  const json listed = json::parse(console_.Run({"method", "list", "--json"}).out);
  EXPECT_EQ(listed["rules"][0]["number"], 7);
  EXPECT_EQ(listed["rules"][0]["methods"], json({"pin", "sight"}));
  const json desks = json::parse(console_.Run({"method", "desks", "--json"}).out);
  EXPECT_EQ(desks["desks"][0]["desk_name"], "窓口1");
  EXPECT_EQ(desks["desks"][0]["methods"], json::array());
}

TEST_F(MethodCommandsTest, ARuleIsRemovedByItsNumberAfterAQuestion) {
  EXPECT_EQ(console_.Run({"method", "remove", "7"}).status, 2);
  EXPECT_EQ(console_.methods.removed, 0);
  ASSERT_EQ(console_.Run({"method", "remove", "7", "--yes"}).status, 0);
  EXPECT_EQ(console_.methods.removed, 7);
}

}  // namespace
}  // namespace madoguchi::cli
