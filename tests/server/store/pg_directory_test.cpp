// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_directory.h"

#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

class PgDirectoryTest : public StoreTest {
 protected:
  AnswerLimit limit_;
  PgPool pool_{server_url(), 2, limit_};
  PgDirectory directory_{pool_};
};

TEST_F(PgDirectoryTest, KnowsADeskAndItsAccount) {
  const auto record = directory_.LoadDesk(desk_one_, Soon());
  ASSERT_EQ(CodeOf(record), 0);
  EXPECT_EQ(record->desk_id, desk_one_);
  EXPECT_EQ(record->name, "desk one");
  EXPECT_EQ(record->institution_code, "1311234567");
  EXPECT_EQ(record->account_id, "W0000001");
}

TEST_F(PgDirectoryTest, DoesNotKnowAStranger) {
  EXPECT_EQ(CodeOf(directory_.LoadDesk("00000000-0000-4000-8000-000000000000", Soon())),
            Number(ErrorCode::kDeskUnknown));
  EXPECT_EQ(CodeOf(directory_.LoadDesk("' OR true --", Soon())), Number(ErrorCode::kDeskUnknown));
}

TEST_F(PgDirectoryTest, RefusesARevokedDesk) {
  Sql("UPDATE desk SET status = 'revoked' WHERE desk_id = '" + desk_one_ + "'");
  EXPECT_EQ(CodeOf(directory_.LoadDesk(desk_one_, Soon())), Number(ErrorCode::kDeskNotActive));
}

TEST_F(PgDirectoryTest, RefusesADeskWithoutAUsableAccount) {
  Sql("UPDATE device_account SET state = 'suspended' WHERE account_id = 'W0000001'");
  EXPECT_EQ(CodeOf(directory_.LoadDesk(desk_one_, Soon())), Number(ErrorCode::kAccountNotUsable));
  Sql("UPDATE device_account SET status = 'usable', desk_id = NULL WHERE account_id = 'W0000001'");
  EXPECT_EQ(CodeOf(directory_.LoadDesk(desk_one_, Soon())), Number(ErrorCode::kAccountNotUsable));
}

}  // namespace
}  // namespace madoguchi::store
