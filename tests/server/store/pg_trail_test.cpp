// SPDX-License-Identifier: Apache-2.0
// The trail's writer: batches, callers that leave, and a database that goes away at the worst moment.
#include "server/store/pg_trail.h"

#include <atomic>
#include <future>
#include <set>

#include "server/audit/event.h"
#include "tests/server/store/commit_breaker.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

using audit::CheckIntent;

class PgTrailTest : public StoreTest {
 protected:
  explicit PgTrailTest(std::string folder = SharedCluster()) : StoreTest(std::move(folder)) {}
  std::string BreakerUrl() const {
    return "host=" + breaker_.folder() + " dbname=" + database_ + " user=madoguchi_server";
  }
  // On a thread of its own; `started_` counts.
  std::future<Result<audit::IntentReceipt>> IntentAside(PgTrail& trail, const CheckIntent& intent) {
    return std::async(std::launch::async, [this, &trail, intent] {
      ++started_;
      return trail.RecordIntent(intent, Soon());
    });
  }
  void WaitForStarted(int count) const {
    while (started_ < count) std::this_thread::yield();
  }
  std::string Rows(const CheckIntent& intent, const std::string& action) const {
    return Sql("SELECT count(*) FROM audit_event WHERE action = '" + action + "' AND press_id = '" +
               UuidText(intent.press_id) + "'");
  }

  AnswerLimit limit_;
  CommitBreaker breaker_{cluster_folder()};
  std::atomic<int> started_{0};
};

class PgTrailCrashTest : public PgTrailTest {
 protected:
  PgTrailCrashTest() : PgTrailTest(OwnCluster().folder()) {}
};

TEST_F(PgTrailTest, TwoHundredIntentsAtOnceUseFarFewerCommits) {
  constexpr int kIntents = 200;
  PgTrail trail(BreakerUrl(), "server-one", limit_);
  std::vector<CheckIntent> intents;  // made before: the first one waits two seconds at most
  for (int i = 0; i < kIntents; ++i) intents.push_back(Intent());
  breaker_.HoldNextCommit();
  auto first = IntentAside(trail, Intent());
  ASSERT_TRUE(breaker_.WaitUntilHeld());
  std::vector<std::future<Result<audit::IntentReceipt>>> others;
  for (const CheckIntent& intent : intents) others.push_back(IntentAside(trail, intent));
  WaitForStarted(kIntents + 1);
  breaker_.PassHeldCommit();
  EXPECT_EQ(CodeOf(first.get()), 0);
  for (auto& other : others) EXPECT_EQ(CodeOf(other.get()), 0);
  EXPECT_EQ(Count("audit_event"), kIntents + 1);
  EXPECT_LE(std::stoi(Sql("SELECT count(DISTINCT xmin::text) FROM audit_event")),
            kIntents / 10);  // xmin: the committing transaction
}

TEST_F(PgTrailTest, TwoRowsOfOnePressAreNotWrittenTogether) {
  PgTrail trail(BreakerUrl(), "server-one", limit_);
  const CheckIntent intent = Intent();
  breaker_.HoldNextCommit();
  auto before = IntentAside(trail, Intent());
  ASSERT_TRUE(breaker_.WaitUntilHeld());
  auto one = IntentAside(trail, intent), other = IntentAside(trail, intent);
  WaitForStarted(3);
  testing::internal::CaptureStderr();
  breaker_.PassHeldCommit();
  EXPECT_EQ(CodeOf(before.get()), 0);
  const auto first = one.get(), second = other.get();
  // Together the database would refuse them, and they would be saved one by one: seen in the log only.
  EXPECT_EQ(testing::internal::GetCapturedStderr().find("trail_rows_refused"), std::string::npos);
  ASSERT_EQ(CodeOf(first), 0);
  ASSERT_EQ(CodeOf(second), 0);
  EXPECT_EQ((std::set<std::uint32_t>{first->epoch, second->epoch}), (std::set<std::uint32_t>{1, 2}));
}

TEST_F(PgTrailTest, ARowTheDatabaseCannotTakeDoesNotCostItsNeighbours) {
  PgTrail trail(BreakerUrl(), "server-one", limit_);
  CheckIntent impossible = Intent();
  impossible.presenter = "guess";
  breaker_.HoldNextCommit();
  auto before = IntentAside(trail, Intent());
  ASSERT_TRUE(breaker_.WaitUntilHeld());
  auto good = IntentAside(trail, Intent()), bad = IntentAside(trail, impossible),
       also_good = IntentAside(trail, Intent());
  WaitForStarted(4);
  breaker_.PassHeldCommit();
  EXPECT_EQ(CodeOf(before.get()), 0);
  EXPECT_EQ(CodeOf(good.get()), 0);
  EXPECT_EQ(CodeOf(bad.get()), Number(ErrorCode::kTrailUnavailable));
  EXPECT_EQ(CodeOf(also_good.get()), 0);
}

TEST_F(PgTrailTest, AFullQueueIsRefusedAtOnce) {
  PgTrail trail(BreakerUrl(), "server-one", limit_, 1);
  breaker_.HoldNextCommit();
  auto writing = IntentAside(trail, Intent());
  ASSERT_TRUE(breaker_.WaitUntilHeld());
  auto one = IntentAside(trail, Intent()), other = IntentAside(trail, Intent());
  const auto is_ready = [](auto& future) {
    return future.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
  };
  while (!is_ready(one) && !is_ready(other))
    std::this_thread::yield();  // at the latest when the intent's own time is over
  auto& refused = is_ready(one) ? one : other;
  const auto answer = refused.get();
  breaker_.PassHeldCommit();
  ASSERT_EQ(CodeOf(answer), Number(ErrorCode::kTrailUnavailable));
  EXPECT_EQ(answer.error().detail, "the queue is full");
  EXPECT_EQ(CodeOf(writing.get()), 0);
  EXPECT_EQ(CodeOf((&refused == &one ? other : one).get()), 0);
}

TEST_F(PgTrailTest, ACallerThatLeavesTheQueueLeavesNothing) {
  PgTrail trail(BreakerUrl(), "server-one", limit_);
  const CheckIntent late = Intent();
  breaker_.HoldNextCommit();
  auto writing = IntentAside(trail, Intent());
  ASSERT_TRUE(breaker_.WaitUntilHeld());
  EXPECT_EQ(CodeOf(trail.RecordIntent(late, Deadline::In(std::chrono::milliseconds(30)))),
            Number(ErrorCode::kTrailUnavailable));
  breaker_.PassHeldCommit();
  EXPECT_EQ(CodeOf(writing.get()), 0);
  EXPECT_EQ(CodeOf(trail.RecordEvent({audit::action::kAppStarted, {}, {}, 0, {}}, Soon())),
            0);  // all before it is written now
  EXPECT_EQ(Rows(late, "check.intent"), "0");
}

TEST_F(PgTrailTest, ARowCommittedAfterItsCallerLeftIsFollowedByARowThatSaysSo) {
  PgTrail trail(BreakerUrl(), "server-one", limit_);
  const CheckIntent late = Intent();
  breaker_.HoldNextCommit();
  EXPECT_EQ(CodeOf(trail.RecordIntent(late, Deadline::In(kIntentWaitMax / 2))), Number(ErrorCode::kTrailUnavailable));
  ASSERT_TRUE(breaker_.WaitUntilHeld());
  breaker_.PassHeldCommit();
  EXPECT_TRUE(Becomes(
      "SELECT code FROM audit_event WHERE action = 'check.too_late' AND press_id = '" + UuidText(late.press_id) + "'",
      std::to_string(Number(ErrorCode::kTrailUnavailable))));
  EXPECT_EQ(Rows(late, "check.intent"), "1");
}

TEST_F(PgTrailTest, ACommitThatBrokeBeforeTheDatabaseIsWrittenAgain) {
  PgTrail trail(BreakerUrl(), "server-one", limit_);
  const CheckIntent intent = Intent();
  breaker_.BreakNextCommitBeforeTheDatabase();
  const auto receipt = trail.RecordIntent(intent, Soon());
  ASSERT_EQ(CodeOf(receipt), 0);
  EXPECT_EQ(receipt->epoch, 1u);
  EXPECT_EQ(Rows(intent, "check.intent"), "1");
  EXPECT_EQ(breaker_.broken(), 1);
}

TEST_F(PgTrailTest, ACommitThatBrokeAfterTheDatabaseIsFoundAndNotWrittenTwice) {
  PgTrail trail(BreakerUrl(), "server-one", limit_);
  const CheckIntent intent = Intent();
  breaker_.BreakNextCommitAfterTheDatabase();
  const auto receipt = trail.RecordIntent(intent, Soon());
  ASSERT_EQ(CodeOf(receipt), 0);
  EXPECT_EQ(receipt->epoch, 1u);
  EXPECT_EQ(receipt->challenge, intent.challenge);
  EXPECT_EQ(Rows(intent, "check.intent"), "1");
  breaker_.BreakNextCommitAfterTheDatabase();
  EXPECT_EQ(CodeOf(trail.RecordOutcome(OutcomeOf(intent, 1), Soon())), 0);  // and not PRESS_TAKEN_OVER by itself
  EXPECT_EQ(Rows(intent, "check.outcome"), "1");
  EXPECT_EQ(breaker_.broken(), 2);
}

TEST_F(PgTrailTest, ADroppedConnectionIsReplacedUnnoticed) {
  PgTrail trail(server_url(), "server-one", limit_);
  ASSERT_EQ(CodeOf(trail.RecordIntent(Intent(), Soon())), 0);
  Sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'madoguchi_trail' AND datname = "
      "current_database()");
  EXPECT_EQ(CodeOf(trail.RecordIntent(Intent(), Soon())), 0);
}

TEST_F(PgTrailCrashTest, DatabaseDownAtIntentMeansNoCheckUntilItIsBack) {
  PgTrail trail(server_url(), "server-one", limit_);
  ASSERT_EQ(CodeOf(trail.RecordIntent(Intent(), Soon())), 0);
  OwnCluster().Kill();
  const CheckIntent lost = Intent();
  const Stopwatch waited;
  EXPECT_EQ(CodeOf(trail.RecordIntent(lost, Soon())), Number(ErrorCode::kTrailUnavailable));
  EXPECT_LT(waited.elapsed(), 4 * kIntentWaitMax);  // and not the ten seconds of Soon()
  OwnCluster().Start();
  EXPECT_EQ(CodeOf(trail.RecordIntent(Intent(), Soon())), 0);  // the writer recovered by itself
  EXPECT_EQ(Rows(lost, "check.intent"), "0");
}

TEST_F(PgTrailCrashTest, DatabaseDownAtOutcomeMeansNotRecordedAndLeavesThePressOpen) {
  PgTrail trail(server_url(), "server-one", limit_);
  const CheckIntent intent = Intent();
  ASSERT_EQ(CodeOf(trail.RecordIntent(intent, Soon())), 0);
  OwnCluster().Kill();
  const auto outcome = trail.RecordOutcome(OutcomeOf(intent, 1), Deadline::In(std::chrono::milliseconds(300)));
  EXPECT_EQ(CodeOf(outcome), Number(ErrorCode::kOutcomeNotRecorded));
  OwnCluster().Start();
  EXPECT_EQ(CodeOf(trail.RecordEvent({audit::action::kAppStarted, {}, {}, 0, {}}, Soon())), 0);
  EXPECT_EQ(Rows(intent, "check.outcome"), "0");
  EXPECT_EQ(Count("press WHERE ended_at IS NULL"), 1);
}

TEST_F(PgTrailCrashTest, AnOutcomeWaitsForTheDatabaseWithinItsDeadline) {
  PgTrail trail(server_url(), "server-one", limit_);
  const CheckIntent intent = Intent();
  ASSERT_EQ(CodeOf(trail.RecordIntent(intent, Soon())), 0);
  OwnCluster().Kill();
  auto outcome = std::async(std::launch::async, [&] {
    return CodeOf(trail.RecordOutcome(OutcomeOf(intent, 1), Deadline::In(kTestWaitMax)));
  });
  OwnCluster().Start();
  EXPECT_EQ(outcome.get(), 0);
}

TEST_F(PgTrailTest, RefusesWhatIsNoPressOrDesk) {
  PgTrail trail(server_url(), "server-one", limit_);
  CheckIntent intent = Intent();
  intent.press_id.pop_back();
  EXPECT_EQ(CodeOf(trail.RecordIntent(intent, Soon())), Number(ErrorCode::kInternalError));
  EXPECT_EQ(CodeOf(trail.RecordIntent(IntentOf("desk one", "W0000001"), Soon())), Number(ErrorCode::kInternalError));
}

}  // namespace
}  // namespace madoguchi::store
