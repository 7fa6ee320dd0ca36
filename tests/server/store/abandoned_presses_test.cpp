// SPDX-License-Identifier: Apache-2.0
#include "server/store/abandoned_presses.h"

#include "server/store/answer_limit.h"
#include "server/store/pg_trail.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

class AbandonedPressesTest : public StoreTest {
 protected:
  void Age(const audit::CheckIntent& intent, int seconds) const {
    Sql("UPDATE press SET worked_on_at = worked_on_at - interval '" + std::to_string(seconds) +
        " seconds' WHERE press_id = '" + UuidText(intent.press_id) + "'");
  }
  void End() {
    const Result<bool> done = EndAbandonedPresses(pool_, "server-two", Soon());
    ASSERT_TRUE(done.ok());
    EXPECT_TRUE(*done);
  }
  AnswerLimit limit_;
  PgPool pool_{server_url(), 2, limit_};
  PgTrail trail_{server_url(), "server-one", limit_};
};

TEST_F(AbandonedPressesTest, OfAServerThatDiedGetTheirOutcome) {
  const audit::CheckIntent abandoned = Intent(), worked_on = Intent();
  ASSERT_TRUE(trail_.RecordIntent(abandoned, Soon()).ok());
  ASSERT_TRUE(trail_.RecordIntent(worked_on, Soon()).ok());
  Age(abandoned, 61);
  End();
  EXPECT_EQ(Sql("SELECT concat_ws('|', press_id, epoch, code, actor) FROM audit_event WHERE action = 'check.outcome'"),
            UuidText(abandoned.press_id) + "|2|1414|server");
  EXPECT_EQ(Count("press WHERE ended_at IS NULL"), 1);
  // The server was only slow: it is told that the press is not its any more, and nothing is written twice.
  EXPECT_EQ(CodeOf(trail_.RecordOutcome(OutcomeOf(abandoned, 1), Soon())), Number(ErrorCode::kPressTakenOver));
  End();
  EXPECT_EQ(Count("audit_event WHERE action = 'check.outcome'"), 1);
}

TEST_F(AbandonedPressesTest, WhoseDeskWasLostAfterItsOutcomeOnlyEnd) {
  const audit::CheckIntent intent = Intent();
  ASSERT_TRUE(trail_.RecordIntent(intent, Soon()).ok());
  audit::CheckOutcome lost = OutcomeOf(intent, 1);
  lost.ends_press = false;
  lost.code = Number(ErrorCode::kDeskGone);
  ASSERT_TRUE(trail_.RecordOutcome(lost, Soon()).ok());
  Age(intent, 61);
  End();
  EXPECT_EQ(Count("press WHERE ended_at IS NULL"), 0);
  EXPECT_EQ(Count("audit_event WHERE action = 'check.outcome'"), 1);
}

TEST_F(AbandonedPressesTest, ThatWereTakenUpAgainAreAsYoungAsTheirNewServer) {
  const audit::CheckIntent intent = Intent();
  ASSERT_TRUE(trail_.RecordIntent(intent, Soon()).ok());
  Age(intent, 61);
  ASSERT_TRUE(trail_.RecordIntent(intent, Soon()).ok());
  End();
  EXPECT_EQ(Count("press WHERE ended_at IS NULL"), 1);
}

}  // namespace
}  // namespace madoguchi::store
