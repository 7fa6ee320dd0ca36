// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_token_book.h"

#include <future>

#include "server/store/desk_seed.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

class PgTokenBookTest : public StoreTest {
 protected:
  PgTokenBookTest() {
    const auto desk = AddDesk(owner_url(), {"desk three", "1311234567", "W0000003", token_});
    EXPECT_TRUE(desk.ok());
    desk_three_ = *desk;
  }
  const Bytes token_ = Bytes(32, 0x33);
  std::string desk_three_;
  AnswerLimit limit_;
  PgPool pool_{server_url(), 4, limit_};
  PgTokenBook book_{pool_};
};

TEST_F(PgTokenBookTest, RedeemsATokenOnce) {
  const auto first = book_.Redeem(token_, Soon());
  ASSERT_EQ(CodeOf(first), 0);
  EXPECT_EQ(first->desk_id, desk_three_);
  EXPECT_EQ(first->desk_name, "desk three");
  EXPECT_EQ(CodeOf(book_.Redeem(token_, Soon())), Number(ErrorCode::kEnrolmentTokenInvalid));
}

TEST_F(PgTokenBookTest, RefusesAnExpiredToken) {
  Sql("UPDATE enrolment_token SET expires_at = clock_timestamp() WHERE desk_id = '" + desk_three_ + "'");
  EXPECT_EQ(CodeOf(book_.Redeem(token_, Soon())), Number(ErrorCode::kEnrolmentTokenInvalid));
}

TEST_F(PgTokenBookTest, RefusesAnUnknownToken) {
  EXPECT_EQ(CodeOf(book_.Redeem(Bytes(32, 0x44), Soon())), Number(ErrorCode::kEnrolmentTokenInvalid));
}

TEST_F(PgTokenBookTest, RefusesATokenOfARevokedDeskAndDoesNotUseItUp) {
  Sql("UPDATE desk SET status = 'revoked' WHERE desk_id = '" + desk_three_ + "'");
  EXPECT_EQ(CodeOf(book_.Redeem(token_, Soon())), Number(ErrorCode::kEnrolmentTokenInvalid));
  EXPECT_EQ(Count("enrolment_token WHERE used_at IS NOT NULL"), 0);
}

TEST_F(PgTokenBookTest, GivesATokenToOneOfManyAtTheSameMoment) {
  std::vector<std::future<int>> tries;
  for (int i = 0; i < 4; ++i)
    tries.push_back(std::async(std::launch::async, [&] { return CodeOf(book_.Redeem(token_, Soon())); }));
  int redeemed = 0;
  for (auto& attempt : tries) redeemed += attempt.get() == 0 ? 1 : 0;
  EXPECT_EQ(redeemed, 1);
}

}  // namespace
}  // namespace madoguchi::store
