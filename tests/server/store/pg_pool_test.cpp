// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_pool.h"

#include <future>
#include <optional>

#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

class PoolCrashTest : public PostgresTest {
 protected:
  PoolCrashTest() : PostgresTest(OwnCluster().folder()) {}
};

Result<std::string> Ask(PgPool& pool, const std::string& sql) {
  return pool.Run(Soon(), [&](pqxx::work& transaction) -> Result<std::string> {
    return transaction.exec(sql)[0][0].as<std::string>();
  });
}

TEST_F(PostgresTest, PoolSaysBusyWhenAllConnectionsAreLent) {
  AnswerLimit limit;
  PgPool pool(owner_url(), 1, limit);
  const auto lease = pool.Borrow(Soon());
  ASSERT_TRUE(lease.ok());
  EXPECT_EQ(CodeOf(pool.Borrow(Deadline::In(std::chrono::milliseconds(30)))), Number(ErrorCode::kDatabaseBusy));
}

TEST_F(PostgresTest, PoolGivesAReturnedConnectionToWhoeverWaits) {
  AnswerLimit limit;
  PgPool pool(owner_url(), 1, limit);
  std::optional<PgPool::Lease> lease;
  {
    auto borrowed = pool.Borrow(Soon());
    ASSERT_TRUE(borrowed.ok());
    lease.emplace(std::move(borrowed).value());
  }
  auto waiting = std::async(std::launch::async, [&] { return CodeOf(Ask(pool, "SELECT 1")); });
  lease.reset();
  EXPECT_EQ(waiting.get(), 0);
}

TEST_F(PostgresTest, PoolUsesAConnectionAgain) {
  AnswerLimit limit;
  PgPool pool(owner_url(), 8, limit);
  const auto first = Ask(pool, "SELECT pg_backend_pid()"), second = Ask(pool, "SELECT pg_backend_pid()");
  ASSERT_TRUE(first.ok() && second.ok());
  EXPECT_EQ(*first, *second);
}

TEST_F(PostgresTest, PoolThrowsADroppedConnectionAwayAndGoesOn) {
  AnswerLimit limit;
  PgPool pool(owner_url(), 1, limit);
  ASSERT_EQ(CodeOf(Ask(pool, "SELECT 1")), 0);
  Sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'madoguchi_pool' AND datname = "
      "current_database()");
  EXPECT_EQ(CodeOf(Ask(pool, "SELECT 1")), 0);
  EXPECT_EQ(CodeOf(Ask(pool, "SELECT 1")), 0);  // the place in the pool was given back
}

TEST_F(PoolCrashTest, PoolSaysUnreachableWhileTheDatabaseIsDownAndRecoversAfter) {
  AnswerLimit limit;
  PgPool pool(owner_url(), 2, limit);
  ASSERT_EQ(CodeOf(Ask(pool, "SELECT 1")), 0);
  OwnCluster().Kill();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(CodeOf(Ask(pool, "SELECT 1")), Number(ErrorCode::kDatabaseUnreachable));
  OwnCluster().Start();
  EXPECT_EQ(CodeOf(Ask(pool, "SELECT 1")), 0);
}

}  // namespace
}  // namespace madoguchi::store
