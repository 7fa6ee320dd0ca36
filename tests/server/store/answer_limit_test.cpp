// SPDX-License-Identifier: Apache-2.0
#include "server/store/answer_limit.h"

#include <sys/socket.h>
#include <unistd.h>

#include "server/audit/event.h"
#include "server/store/connection.h"
#include "server/store/pg_trail.h"
#include "tests/server/store/commit_breaker.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

constexpr std::chrono::milliseconds kShort{200};
constexpr std::chrono::milliseconds kForADatabase{3'000};  // which has to answer other statements within it

struct Sockets {
  Sockets() { EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0); }
  ~Sockets() {
    close(ends[0]);
    close(ends[1]);
  }
  int ends[2] = {-1, -1};
};

TEST(AnswerLimit, EndsTheWaitForAnAnswerThatDoesNotCome) {
  AnswerLimit limit(kShort);
  const Sockets one, other;
  const AnswerLimit::Watch watch(&limit, one.ends[0]), second(&limit, other.ends[0]);
  char answer = 0;
  EXPECT_EQ(read(one.ends[0], &answer, 1), 0);  // would block for ever
  EXPECT_EQ(read(other.ends[0], &answer, 1), 0);
}

TEST(AnswerLimit, LeavesASocketAloneOnceItsWatchIsOver) {
  AnswerLimit limit(kShort);
  const Sockets answered, overdue;
  { const AnswerLimit::Watch watch(&limit, answered.ends[0]); }
  const AnswerLimit::Watch watch(&limit, overdue.ends[0]);
  char answer = 0;
  EXPECT_EQ(read(overdue.ends[0], &answer, 1), 0);  // by now the first one's time would be over too
  EXPECT_EQ(write(answered.ends[1], "x", 1), 1);
  EXPECT_EQ(read(answered.ends[0], &answer, 1), 1);
}

TEST_F(StoreTest, AnswerLimitTurnsASilentDatabaseIntoADroppedConnection) {
  CommitBreaker silent(cluster_folder());
  AnswerLimit limit(kForADatabase);
  const auto opened =
      Connection::Open("host=" + silent.folder() + " dbname=" + database_ + " user=madoguchi_owner", "silent", &limit);
  ASSERT_EQ(CodeOf(opened), 0);
  silent.HoldNextCommit();
  const auto committed = (*opened)->Transact([](pqxx::work& transaction) -> Result<void> {
    transaction.exec("SELECT 1");
    return {};
  });
  EXPECT_EQ(CodeOf(committed), Number(ErrorCode::kDatabaseOutcomeInDoubt));
  EXPECT_FALSE((*opened)->usable());
}

TEST_F(StoreTest, AnswerLimitLetsTheTrailGoOnAfterASilence) {
  CommitBreaker silent(cluster_folder());
  AnswerLimit limit(kForADatabase);
  PgTrail trail("host=" + silent.folder() + " dbname=" + database_ + " user=madoguchi_server", "server-one", limit);
  silent.HoldNextCommit();
  EXPECT_EQ(CodeOf(trail.RecordEvent({audit::action::kAppStarted, {}, {}, 0, {}}, Soon())), 0);
  EXPECT_EQ(Count("audit_event"), 1);  // the silent one was given up, looked for, and written once
}

}  // namespace
}  // namespace madoguchi::store
