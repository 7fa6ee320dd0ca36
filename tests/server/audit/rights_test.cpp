// SPDX-License-Identifier: Apache-2.0
#include "server/audit/rights.h"

#include <gmock/gmock.h>

#include "server/audit/event.h"

namespace madoguchi::audit {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class RightsTest : public testing::Test {
 protected:
  ReviewRow Row(const char* event, const std::string& detail = {}) {
    ReviewRow row;
    row[Field::kSequence] = std::to_string(++sequence_);
    row[Field::kRecordedAt] = "2026-11-23T09:00:0" + std::to_string(sequence_ % 10) + ".000000+09:00";
    row[Field::kEvent] = event;
    row[Field::kActor] = "ada@clinic.example";
    row[Field::kDetail] = detail;
    return row;
  }
  void AddAccount(const char* event, const std::string& account, const std::string& desk) {
    ReviewRow row = Row(event);
    row[Field::kAccountId] = account;
    row[Field::kDeskId] = desk;
    rights_.Add(row);
  }
  // "kind who right" of each.
  std::vector<std::string> Standing() const {
    std::vector<std::string> texts;
    for (const Right& right : rights_.Standing()) texts.push_back(right.kind + " " + right.who + " " + right.right);
    return texts;
  }

  Rights rights_;
  int sequence_ = 0;
};

TEST_F(RightsTest, AUserHasTheRoleOfTheLastRowAndNoneWhileDisabled) {
  rights_.Add(Row(action::kConsoleUserCreated, "user=bo@x role=viewer institutions=1311234567,1331234560"));
  EXPECT_THAT(Standing(), ElementsAre("user bo@x viewer"));
  EXPECT_EQ(rights_.Standing()[0].institution_codes, "1311234567,1331234560");
  EXPECT_EQ(rights_.Standing()[0].sequence, 1);
  rights_.Add(Row(action::kConsoleUserRoleSet, "user=bo@x role=auditor"));
  EXPECT_THAT(Standing(), ElementsAre("user bo@x auditor"));
  EXPECT_EQ(rights_.Standing()[0].institution_codes, "");
  rights_.Add(Row(action::kConsoleUserDisabled, "user=bo@x"));
  EXPECT_THAT(Standing(), IsEmpty());
  rights_.Add(Row(action::kConsoleUserEnabled, "user=bo@x"));
  EXPECT_THAT(Standing(), ElementsAre("user bo@x auditor"));
  EXPECT_FALSE(rights_.Standing()[0].before_trail);
  EXPECT_EQ(rights_.Standing()[0].sequence, 4);
}

TEST_F(RightsTest, WhatNoRowGaveIsFromBeforeTheTrail) {
  rights_.Add(Row(action::kConsoleUserEnabled, "user=old@x"));
  ASSERT_EQ(Standing().size(), 1u);
  EXPECT_TRUE(rights_.Standing()[0].before_trail);
  EXPECT_EQ(rights_.Standing()[0].right, "");
  rights_.Add(Row(action::kConsoleUserDisabled, "user=older@x"));
  EXPECT_EQ(Standing().size(), 1u);
}

TEST_F(RightsTest, OperatorsDesksAndAccountsComeAndGo) {
  rights_.Add(Row(action::kAccountStaffAdded, "staff=S01"));
  rights_.Add(Row(action::kAccountStaffAdded, "staff=S02"));
  rights_.Add(Row(action::kAccountStaffRemoved, "staff=S01"));
  AddAccount(action::kIdentityEnrolled, "W0000001", "desk-1");
  AddAccount(action::kAccountActivated, "W0000001", "desk-1");
  AddAccount(action::kAccountActivated, "W0000002", "desk-1");
  AddAccount(action::kAccountSuspended, "W0000001", "");
  AddAccount(action::kAccountReleased, "W0000002", "");
  EXPECT_THAT(Standing(), ElementsAre("account W0000001 suspended", "desk desk-1 enrolled", "operator S02 operator"));
  AddAccount(action::kAccountResumed, "W0000001", "");
  EXPECT_EQ(rights_.Standing()[0].right, "active");
  EXPECT_EQ(rights_.Standing()[0].at_desk, "desk-1");
  AddAccount(action::kDeskRevoked, "", "desk-1");
  EXPECT_THAT(Standing(), ElementsAre("account W0000001 active", "operator S02 operator"));
}

TEST(DetailValue, IsWhatStandsBehindTheWholeName) {
  EXPECT_EQ(DetailValue("user=a role=b", "role"), "b");
  EXPECT_EQ(DetailValue("superuser=a user=b", "user"), "b");
  EXPECT_EQ(DetailValue("user= role=b", "user"), "");
  EXPECT_EQ(DetailValue("nothing", "user"), "");
}

}  // namespace
}  // namespace madoguchi::audit
