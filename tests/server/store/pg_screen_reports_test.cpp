// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_screen_reports.h"

#include <gtest/gtest.h>

#include "contract/crypto/random.h"
#include "server/audit/event.h"
#include "server/store/answer_limit.h"
#include "server/store/pg_trail.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

class PgScreenReportsTest : public StoreTest {
 protected:
  // A press of desk one that was answered.
  Bytes Press() {
    const audit::CheckIntent intent = Intent();
    const auto receipt = trail_.RecordIntent(intent, Soon());
    EXPECT_EQ(CodeOf(receipt), 0);
    EXPECT_EQ(CodeOf(trail_.RecordOutcome(OutcomeOf(intent, receipt->epoch), Soon())), 0);
    return intent.press_id;
  }
  audit::Event Shown(const Bytes& press_id, const std::string& desk_id) const {
    audit::Event event;
    event.action = audit::action::kDeskResultShown;
    event.desk_id = desk_id;
    event.press_id = press_id;
    event.detail = "form=text";
    event.actor = "desk";
    event.shown = "outcome,insurance";
    return event;
  }
  int Record(const Bytes& id, const audit::Event& event) { return CodeOf(reports_.Record(id, event, Soon())); }
  int Rows() const { return Count("audit_event WHERE action LIKE 'desk.result%'"); }

  AnswerLimit limit_;
  PgTrail trail_{server_url(), "server-one", limit_};
  PgPool pool_{server_url(), 4, limit_};
  PgScreenReports reports_{pool_, "server-one"};
};

TEST_F(PgScreenReportsTest, ARowSaysWhichDeskShowedWhatOfWhichPress) {
  const Bytes press = Press();
  const Bytes id = crypto::NewUuid();
  ASSERT_EQ(Record(id, Shown(press, desk_one_)), 0);
  EXPECT_EQ(Sql("SELECT concat_ws('|', action, desk_id = '" + desk_one_ +
                "', account_id, institution_code, shown, detail, owner, role) FROM audit_event WHERE record_id = '" +
                UuidText(id) + "' AND press_id = '" + UuidText(press) + "'"),
            "desk.result_shown|t|W0000001|1311234567|outcome,insurance|form=text|server-one|desk");
}

TEST_F(PgScreenReportsTest, ARowHasTheTraceOfItsPress) {
  const Bytes press = Press();
  ASSERT_EQ(
      Sql("UPDATE press SET trace_id = repeat('ab', 16) WHERE press_id = '" + UuidText(press) + "' RETURNING 'done'"),
      "done");
  ASSERT_EQ(Record(crypto::NewUuid(), Shown(press, desk_one_)), 0);
  EXPECT_EQ(Sql("SELECT trace_id FROM audit_event WHERE action = 'desk.result_shown'"),
            "abababababababababababababababab");
}

TEST_F(PgScreenReportsTest, AReportThatIsSentAgainIsOneRow) {
  const audit::Event shown = Shown(Press(), desk_one_);
  const Bytes id = crypto::NewUuid();
  ASSERT_EQ(Record(id, shown), 0);
  ASSERT_EQ(Record(id, shown), 0);
  EXPECT_EQ(Rows(), 1);
  audit::Event closed = shown;
  closed.action = audit::action::kDeskResultClosed;
  closed.seconds = 12;
  ASSERT_EQ(Record(crypto::NewUuid(), closed), 0);
  EXPECT_EQ(Sql("SELECT seconds FROM audit_event WHERE action = 'desk.result_closed'"), "12");
}

TEST_F(PgScreenReportsTest, AnothersPressAndOneThatNeverWasAreRefused) {
  EXPECT_EQ(Record(crypto::NewUuid(), Shown(Press(), desk_two_)), Number(ErrorCode::kMessageInvalid));
  EXPECT_EQ(Record(crypto::NewUuid(), Shown(crypto::NewUuid(), desk_one_)), Number(ErrorCode::kMessageInvalid));
  EXPECT_EQ(Rows(), 0);
}

TEST_F(PgScreenReportsTest, APressThatIsNotAnsweredWasShownToNobody) {
  const audit::CheckIntent intent = Intent();
  ASSERT_EQ(CodeOf(trail_.RecordIntent(intent, Soon())), 0);
  EXPECT_EQ(Record(crypto::NewUuid(), Shown(intent.press_id, desk_one_)), Number(ErrorCode::kMessageInvalid));
}

TEST_F(PgScreenReportsTest, OnePressHasNoMoreReportsThanAPersonCanCause) {
  const audit::Event shown = Shown(Press(), desk_one_);
  for (int i = 0; i < kReportsPerPressMax; ++i) ASSERT_EQ(Record(crypto::NewUuid(), shown), 0);
  EXPECT_EQ(Record(crypto::NewUuid(), shown), Number(ErrorCode::kMessageInvalid));
  EXPECT_EQ(Rows(), kReportsPerPressMax);
}

TEST_F(PgScreenReportsTest, ALockOfTheScreenNeedsNoPress) {
  audit::Event locked;
  locked.action = audit::action::kDeskLocked;
  locked.desk_id = desk_one_;
  locked.actor = "desk";
  EXPECT_EQ(Record(crypto::NewUuid(), locked), 0);
  EXPECT_EQ(Count("audit_event WHERE action = 'desk.locked' AND desk_id = '" + desk_one_ + "'"), 1);
}

}  // namespace
}  // namespace madoguchi::store
