// SPDX-License-Identifier: Apache-2.0
#include "server/store/root_acts.h"

#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

class RootActsTest : public StoreTest {
 protected:
  void Lock(const std::string& source) const {
    Sql("INSERT INTO log_in_failure (account_hash, source, account_id, failures, last_at, locked_until) VALUES ('h', "
        "'" +
        source + "', 'W0000001', 5, now(), now() + interval '30 minutes')");
  }
};

TEST_F(RootActsTest, EndsEveryLockOfAnAccountIntoTheTrail) {
  Lock("desk:" + desk_one_);
  Lock("enrolment");
  ASSERT_EQ(CodeOf(UnlockAccount(owner_url(), "1311234567", "W0000001")), 0);
  EXPECT_EQ(Count("log_in_failure"), 0);
  EXPECT_EQ(Count("audit_event WHERE action = 'account.unlocked' AND actor = 'root' AND account_id = 'W0000001'"), 2);
}

TEST_F(RootActsTest, SaysWhatIsUnknownOrNotLocked) {
  EXPECT_EQ(CodeOf(UnlockAccount(owner_url(), "1311234567", "W0000001")), Number(ErrorCode::kStateNotPossible));
  EXPECT_EQ(CodeOf(UnlockAccount(owner_url(), "1311234567", "W9999999")), Number(ErrorCode::kAccountUnknown));
  EXPECT_EQ(CodeOf(UnlockAccount(owner_url(), "1331234567", "W0000001")), Number(ErrorCode::kAccountUnknown));
}

TEST_F(RootActsTest, AnAdministratorHasToChangeTheFirstPasswordAndIsAddedOnce) {
  ASSERT_EQ(CodeOf(AddAdministrator(owner_url(), {"first@clinic.example", "somebody", "$argon2id$x"})), 0);
  EXPECT_EQ(Sql("SELECT concat_ws('|', role, enabled, password_must_change, totp_confirmed, credentials_made_by) FROM "
                "console_user"),
            "administrator|t|t|f|root");
  EXPECT_EQ(CodeOf(AddAdministrator(owner_url(), {"first@clinic.example", "somebody", "$argon2id$x"})),
            Number(ErrorCode::kUserExists));
  EXPECT_EQ(Count("audit_event WHERE action = 'console.user_created' AND actor = 'root'"), 1);
}

}  // namespace
}  // namespace madoguchi::store
