// SPDX-License-Identifier: Apache-2.0
#include "server/store/connection.h"

#include <map>

#include "tests/server/store/commit_breaker.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

Result<std::string> Ask(Connection& connection, const std::string& sql) {
  return connection.Transact([&](pqxx::work& transaction) -> Result<std::string> {
    const pqxx::result rows = transaction.exec(sql);
    return rows.empty() ? std::string{} : rows[0][0].as<std::string>(std::string{});
  });
}

class ConnectionTest : public PostgresTest {
 protected:
  ConnectionTest() {
    Result<std::unique_ptr<Connection>> opened = Connection::Open(owner_url(), "test", nullptr);
    EXPECT_TRUE(opened.ok());
    connection_ = std::move(opened).value();
  }
  std::unique_ptr<Connection> connection_;
};

TEST_F(ConnectionTest, RevivalIsOff) {
  ASSERT_EQ(CodeOf(Ask(*connection_, "SELECT 1")), 0);
  Sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'madoguchi_test' AND datname = "
      "current_database()");
  for (int i = 0; i < 5; ++i) {  // the library would come back at the third
    EXPECT_EQ(CodeOf(Ask(*connection_, "SELECT 1")), Number(ErrorCode::kDatabaseUnreachable));
  }
  EXPECT_FALSE(connection_->usable());
  // The ended one leaves the list a moment after its last words; one that had come back would stay.
  EXPECT_TRUE(
      Becomes("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'madoguchi_test' AND datname = "
              "current_database()",
              "0"));
}

TEST_F(ConnectionTest, NamesItselfAndLimitsItsStatements) {
  EXPECT_EQ(*Ask(*connection_, "SHOW application_name"), "madoguchi_test");
  EXPECT_EQ(*Ask(*connection_, "SHOW statement_timeout"), "5s");
}

TEST_F(ConnectionTest, CommitsToTheDiskWhereverAnAdministratorAllowsLess) {
  EXPECT_EQ(*Ask(*connection_, "SHOW synchronous_commit"), "on");
  for (const auto& [allowed, used] : std::map<std::string, std::string>{
           {"off", "on"}, {"local", "on"}, {"remote_write", "remote_write"}, {"remote_apply", "remote_apply"}}) {
    Sql("ALTER DATABASE " + database_ + " SET synchronous_commit = " + allowed);
    const auto opened = Connection::Open(owner_url(), "test", nullptr);
    ASSERT_EQ(CodeOf(opened), 0);
    EXPECT_EQ(*Ask(**opened, "SHOW synchronous_commit"), used);
  }
}

TEST_F(ConnectionTest, TakesAUriAsWellAsWords) {
  const std::string uri = "postgresql:///" + database_ + "?host=" + cluster_folder() + "&user=madoguchi_owner";
  const auto opened = Connection::Open(uri, "by_uri", nullptr);
  ASSERT_EQ(CodeOf(opened), 0);
  EXPECT_EQ(*Ask(**opened, "SHOW application_name"), "madoguchi_by_uri");
}

TEST_F(ConnectionTest, TellsTheSqlstateAndNeverAValue) {
  const auto answer = Ask(*connection_, "SELECT 'secret-value'::int");
  ASSERT_EQ(CodeOf(answer), Number(ErrorCode::kDatabaseError));
  EXPECT_EQ(answer.error().detail, "sqlstate 22P02");
}

TEST_F(ConnectionTest, CallsAFullDiskByItsNameAndNotAFaultOfOurs) {
  const auto answer = Ask(*connection_, "DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'disk_full'; END $$");
  ASSERT_EQ(CodeOf(answer), Number(ErrorCode::kDatabaseFull));
  EXPECT_EQ(answer.error().detail, "sqlstate 53100");
}

TEST_F(ConnectionTest, RollsBackWhatEndsInAnError) {
  Sql("CREATE TABLE t (n int); GRANT ALL ON t TO madoguchi_owner");
  const auto failed = connection_->Transact([](pqxx::work& transaction) -> Result<void> {
    transaction.exec("INSERT INTO t VALUES (1)");
    return Error{ErrorCode::kPressTakenOver, {}, {}};
  });
  EXPECT_EQ(CodeOf(failed), Number(ErrorCode::kPressTakenOver));
  EXPECT_EQ(Count("t"), 0);
}

TEST_F(ConnectionTest, TriesAConflictThreeTimesAndThenSaysBusy) {
  int attempts = 0;
  const auto failed = connection_->Transact([&](pqxx::work& transaction) -> Result<void> {
    ++attempts;
    transaction.exec("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = 'serialization_failure'; END $$");
    return {};
  });
  EXPECT_EQ(CodeOf(failed), Number(ErrorCode::kDatabaseBusy));
  EXPECT_EQ(attempts, kTransactionAttemptsMax);
}

TEST_F(ConnectionTest, SaysInDoubtWhenTheCommitIsNotAnswered) {
  CommitBreaker breaker(cluster_folder());
  const auto opened = Connection::Open("host=" + breaker.folder() + " dbname=" + database_ + " user=madoguchi_owner",
                                       "broken", nullptr);
  ASSERT_EQ(CodeOf(opened), 0);
  breaker.BreakNextCommitAfterTheDatabase();
  EXPECT_EQ(CodeOf(Ask(**opened, "CREATE TABLE t (n int)")), Number(ErrorCode::kDatabaseOutcomeInDoubt));
  EXPECT_EQ(Count("t"), 0);  // the table is there: it had been committed
}

TEST_F(ConnectionTest, IsRefusedWhereNoDatabaseIs) {
  EXPECT_EQ(CodeOf(Connection::Open("host=/nonexistent dbname=x", "test", nullptr)),
            Number(ErrorCode::kDatabaseUnreachable));
}

TEST_F(ConnectionTest, SaysBusyWhenAStatementTakesTooLong) {
  const auto opened = Connection::Open(owner_url(), "short", nullptr, std::chrono::milliseconds(1000));
  ASSERT_EQ(CodeOf(opened), 0);
  EXPECT_EQ(CodeOf(Ask(**opened, "SELECT pg_sleep(30)")), Number(ErrorCode::kDatabaseBusy));
}

}  // namespace
}  // namespace madoguchi::store
