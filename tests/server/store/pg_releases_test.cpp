// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_releases.h"

#include <gtest/gtest.h>

#include <functional>
#include <utility>
#include <vector>

#include "server/account/limits.h"
#include "server/account/releases.h"
#include "server/store/account_statements.h"
#include "server/store/pg_log_ins.h"
#include "server/store/pg_staff.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

class PgReleasesTest : public StoreTest {
 protected:
  void LockOut(const std::string& source) {
    const LogInTry attempt{"hash", source, "W0000001", "server-one", desk_one_, "1311234567", "desk"};
    for (int i = 0; i < account::kFailuresMax; ++i) {
      std::chrono::milliseconds left{0};
      EXPECT_EQ(CodeOf(pool_.Run(Soon(), [&](pqxx::work& transaction) { return TakeTry(transaction, attempt, left); })),
                0);
      EXPECT_EQ(CodeOf(pool_.Run(Soon(),
                                 [&](pqxx::work& transaction) -> Result<void> {
                                   CountFailure(transaction, attempt);
                                   return {};
                                 })),
                0);
    }
  }
  AnswerLimit limit_;
  PgPool pool_{server_url(), 4, limit_};
  PgReleases book_{pool_, "server-one"};
  PgReleases other_{pool_, "server-two"};
};

TEST_F(PgReleasesTest, TheEndOfALockIsInTheTrailOnceWhicheverServerLooks) {
  LockOut("desk:one");
  EXPECT_EQ(*book_.LookAtLocks(Soon()), 0);
  EXPECT_EQ(Count("log_in_failure WHERE locked_until IS NOT NULL"), 1);
  Sql("UPDATE log_in_failure SET locked_until = clock_timestamp()");
  EXPECT_EQ(*book_.LookAtLocks(Soon()) + *other_.LookAtLocks(Soon()), 1);
  EXPECT_EQ(Sql("SELECT concat_ws('|', account_id, institution_code, detail, actor) FROM audit_event WHERE action = "
                "'account.lock_ended'"),
            "W0000001|1311234567|from desk:one|server");
  EXPECT_EQ(Count("audit_event WHERE action = 'account.lock_ended'"), 1);
  EXPECT_EQ(Count("log_in_failure WHERE failures = 0 AND locked_until IS NULL"), 1);
}

TEST_F(PgReleasesTest, WhoGoesOnTryingWhileLockedDoesNotFillTheTrailAndIsCounted) {
  const std::string desk_source = "desk:" + desk_one_;
  PgLogIns log_ins(pool_, "server-one");
  PgStaff staff(pool_, "server-one");
  std::chrono::milliseconds left{0};
  const std::vector<std::pair<std::string, std::function<int()>>> ways = {
      {desk_source,
       [&] {
         return CodeOf(log_ins.TakeTry({desk_one_, "1311234567", "W0000001", "hash", desk_source}, left, Soon()));
       }},
      {"desk:pin", [&] {
         return CodeOf(staff.TakeTry({desk_one_, "A1", "hash", "desk:pin"}, left, Soon()));
       }}};
  for (const auto& [source, attempt] : ways) {
    LockOut(source);
    for (int i = 0; i < 25; ++i) EXPECT_EQ(attempt(), Number(ErrorCode::kLogInLocked));
    EXPECT_GT(left.count(), 0);
    EXPECT_EQ(Count("audit_event WHERE action = 'account.log_in_refused' AND code = " +
                    std::to_string(Number(ErrorCode::kLogInLocked)) + " AND detail = 'from " + source + "'"),
              1);
    Sql("UPDATE log_in_failure SET locked_until = clock_timestamp()");
    EXPECT_EQ(*book_.LookAtLocks(Soon()), 1);
    EXPECT_EQ(Count("audit_event WHERE action = 'account.lock_ended' AND detail = 'from " + source + ", refused 25'"),
              1);
    EXPECT_EQ(Count("log_in_failure WHERE refused > 0"), 0);
    Sql("DELETE FROM log_in_failure");
  }
}

TEST_F(PgReleasesTest, ANewPinEndsTheLocksOfTheOldOneAndTheTrailSaysSo) {
  Sql("INSERT INTO staff (staff_code, name, pin_hash) VALUES ('A1', 'somebody', '$argon2id$x')");
  LockOut("desk:one");
  PgStaff staff(pool_, "server-one");
  ASSERT_EQ(CodeOf(staff.ResetPin("A1", "hash", "$argon2id$y", "ada@clinic.example", Soon())), 0);
  EXPECT_EQ(Sql("SELECT concat_ws('|', detail, actor) FROM audit_event WHERE action = 'account.lock_ended'"),
            "from desk:one|ada@clinic.example");
  EXPECT_EQ(Count("log_in_failure"), 0);
}

TEST_F(PgReleasesTest, ALockThatAClockSetBackMadeLongerIsShortened) {
  LockOut("desk:one");
  Sql("UPDATE log_in_failure SET locked_until = locked_until + interval '5 hours'");
  ASSERT_TRUE(book_.LookAtLocks(Soon()).ok());
  EXPECT_EQ(Count("log_in_failure WHERE locked_until <= clock_timestamp() + interval '30 minutes'"), 1);
}

TEST_F(PgReleasesTest, FailuresOfAccountsNobodyKnowsAreBoundedAndLocksStay) {
  Sql("INSERT INTO log_in_failure (account_hash, source, failures, last_at) SELECT 'h' || n, 'enrolment', 1, now() + n "
      "* interval '1 second' "
      "FROM generate_series(1, " +
      std::to_string(account::kFailureRowsMax + 50) + ") AS n");
  Sql("UPDATE log_in_failure SET locked_until = now() + interval '20 minutes' WHERE account_hash IN ('h1', 'h2')");
  LockOut("desk:one");
  ASSERT_TRUE(book_.LookAtLocks(Soon()).ok());
  EXPECT_EQ(Count("log_in_failure"), static_cast<int>(account::kFailureRowsMax) + 3);
  EXPECT_EQ(Count("log_in_failure WHERE account_hash IN ('h1', 'h2', 'hash')"), 3);
  EXPECT_EQ(Count("log_in_failure WHERE account_hash = 'h3'"), 0);
}

TEST_F(PgReleasesTest, AReleaseIsDueUntilItIsConfirmedAndHasOneKey) {
  Sql("UPDATE device_account SET national_bound = true WHERE account_id = 'W0000001'");
  EXPECT_TRUE(book_.Due({}, Soon())->empty());
  ASSERT_EQ(
      CodeOf(pool_.Run(
          Soon(),
          [&](pqxx::work& transaction) {
            return ChangeState(transaction, {"1311234567", "W0000001", account::Event::kRelease, "", "x", "", "x"});
          })),
      0);
  const auto due = book_.Due({}, Soon());
  ASSERT_EQ(due->size(), 1u);
  EXPECT_EQ(due->at(0).desk_id, desk_one_);
  EXPECT_TRUE(book_.Due({"W0000002"}, Soon())->empty());
  const audit::KeyedHash hash(Bytes(32, 1));
  EXPECT_TRUE(UuidFromText(account::KeyOfRelease(hash, due->at(0))));
  EXPECT_EQ(account::KeyOfRelease(hash, due->at(0)),
            account::KeyOfRelease(hash, book_.Due({"W0000001"}, Soon())->at(0)));
  account::DueRelease older = due->at(0);
  older.step -= 1;
  EXPECT_NE(account::KeyOfRelease(hash, older), account::KeyOfRelease(hash, due->at(0)));
  EXPECT_EQ(CodeOf(book_.Confirmed(older, nullptr, Soon())), 0);
  EXPECT_EQ(book_.Due({}, Soon())->size(), 1u);
  EXPECT_EQ(CodeOf(book_.Confirmed(due->at(0), nullptr, Soon())), 0);
  EXPECT_EQ(CodeOf(other_.Confirmed(due->at(0), nullptr, Soon())), 0);
  EXPECT_TRUE(book_.Due({}, Soon())->empty());
  EXPECT_EQ(Count("audit_event WHERE action = 'account.national_released'"), 1);
}

}  // namespace
}  // namespace madoguchi::store
