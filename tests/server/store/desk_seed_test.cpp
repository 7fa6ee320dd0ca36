// SPDX-License-Identifier: Apache-2.0
#include "server/store/desk_seed.h"

#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

NewDesk Desk(const std::string& name, const std::string& account_id, std::uint8_t token) {
  return {name, "1311234567", account_id, Bytes(32, token)};
}

TEST_F(StoreTest, AddDeskMakesDeskAccountAndTokenTogether) {
  const auto desk_id = AddDesk(owner_url(), Desk("desk three", "W0000003", 3));
  ASSERT_EQ(CodeOf(desk_id), 0);
  EXPECT_EQ(Sql("SELECT reserved_for_desk FROM device_account WHERE account_id = 'W0000003' AND state = 'issued'"),
            *desk_id);
  EXPECT_EQ(Sql("SELECT expires_at > clock_timestamp() + interval '23 hours' FROM enrolment_token WHERE desk_id = '" +
                *desk_id + "'"),
            "t");
}

TEST_F(StoreTest, AddDeskRefusesAnAccountOfAnotherDeskAndLeavesNothing) {
  EXPECT_EQ(CodeOf(AddDesk(owner_url(), Desk("desk three", "W0000001", 3))), Number(ErrorCode::kAccountNotUsable));
  EXPECT_EQ(Count("desk WHERE name = 'desk three'"), 0);
  EXPECT_EQ(Count("enrolment_token"), 2);
}

TEST_F(StoreTest, AddDeskRefusesAStoppedAccount) {
  Sql("INSERT INTO device_account (account_id, institution_code, state) VALUES ('W0000003', '1311234567', 'ended')");
  EXPECT_EQ(CodeOf(AddDesk(owner_url(), Desk("desk three", "W0000003", 3))), Number(ErrorCode::kAccountNotUsable));
}

TEST_F(StoreTest, AddDeskBindsAFreeAccount) {
  Sql("INSERT INTO device_account (account_id, institution_code) VALUES ('W0000003', '1311234567')");
  EXPECT_EQ(CodeOf(AddDesk(owner_url(), Desk("desk three", "W0000003", 3))), 0);
}

}  // namespace
}  // namespace madoguchi::store
