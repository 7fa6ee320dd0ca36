// SPDX-License-Identifier: Apache-2.0
#include "server/store/account_statements.h"

#include <gmock/gmock.h>

#include <future>

#include "server/account/limits.h"
#include "server/store/pg_pool.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

using account::Event;
using std::chrono::milliseconds;

constexpr char kInstitution[] = "1311234567";

class AccountStatementsTest : public StoreTest {
 protected:
  AccountStatementsTest() {
    Sql("INSERT INTO device_account (account_id, institution_code) VALUES ('W0000009', '1311234567')");
    Sql("INSERT INTO desk (desk_id, name) VALUES ('" + desk_three_ + "', 'desk three')");
  }
  int Change(const std::string& account_id, Event event, const std::string& desk_id = {},
             const std::string& institution = kInstitution) {
    return CodeOf(pool_.Run(Soon(), [&](pqxx::work& transaction) {
      return ChangeState(transaction,
                         {institution, account_id, event, desk_id, "admin@example.test", "because", "server-one"});
    }));
  }
  LogInTry Attempt(const std::string& source = "desk:one") const {
    return {"hash-of-one", source, "W0000001", "server-one", desk_one_, kInstitution, "desk"};
  }
  // What is left of the lock; minus one: not locked, a try was taken.
  milliseconds Take(const LogInTry& attempt) {
    milliseconds left{-1};
    const auto taken = pool_.Run(Soon(), [&](pqxx::work& transaction) { return TakeTry(transaction, attempt, left); });
    if (!taken.ok()) {
      EXPECT_EQ(CodeOf(taken), Number(ErrorCode::kLogInLocked));
    }
    return left;
  }
  milliseconds Fail(const LogInTry& attempt) {
    milliseconds left{0};
    EXPECT_TRUE(pool_
                    .Run(Soon(),
                         [&](pqxx::work& transaction) -> Result<void> {
                           left = CountFailure(transaction, attempt);
                           return {};
                         })
                    .ok());
    return left;
  }
  void Run(void (*act)(pqxx::work&, const LogInTry&), const LogInTry& attempt) {
    EXPECT_TRUE(pool_
                    .Run(Soon(),
                         [&](pqxx::work& transaction) -> Result<void> {
                           act(transaction, attempt);
                           return {};
                         })
                    .ok());
  }
  void LockOut(const LogInTry& attempt) {
    for (int i = 0; i < account::kFailuresMax; ++i) {
      EXPECT_EQ(Take(attempt).count(), -1);
      EXPECT_EQ(Fail(attempt).count() > 0, i + 1 == account::kFailuresMax);
    }
  }
  std::string StateOf(const std::string& account_id) {
    return Sql(
        "SELECT concat_ws('|', state, holder, coalesce(desk_id::text, '-')) FROM device_account WHERE account_id = '" +
        account_id + "'");
  }
  const std::string desk_three_ = "33333333-3333-4333-8333-333333333333";
  AnswerLimit limit_;
  PgPool pool_{server_url(), 8, limit_};
};

TEST_F(AccountStatementsTest, ActivationBindsTheAccountAndWritesHistoryAndTrail) {
  ASSERT_EQ(Change("W0000009", Event::kActivate, desk_three_), 0);
  EXPECT_EQ(StateOf("W0000009"), "active|desk|" + desk_three_);
  EXPECT_EQ(
      Sql("SELECT concat_ws('|', step, event, state, desk_id, by) FROM account_step WHERE account_id = 'W0000009'"),
      "1|activate|active|" + desk_three_ + "|admin@example.test");
  EXPECT_EQ(
      Sql("SELECT concat_ws('|', action, owner, institution_code, desk_id, account_id, code, detail, actor) FROM "
          "audit_event"),
      "account.activated|server-one|1311234567|" + desk_three_ + "|W0000009|0|issued to active|admin@example.test");
  EXPECT_EQ(Count("device_account WHERE starts_on = (clock_timestamp() AT TIME ZONE 'Asia/Tokyo')::date"), 1);
}

TEST_F(AccountStatementsTest, AnAccountIsBoundToOneDeskOnly) {
  EXPECT_EQ(Change("W0000001", Event::kActivate, desk_three_), Number(ErrorCode::kAccountBoundElsewhere));
  EXPECT_EQ(Change("W0000001", Event::kActivate, desk_one_), Number(ErrorCode::kStateNotPossible));
  Sql("UPDATE device_account SET reserved_for_desk = '" + desk_one_ + "' WHERE account_id = 'W0000009'");
  EXPECT_EQ(Change("W0000009", Event::kActivate, desk_three_), Number(ErrorCode::kAccountBoundElsewhere));
  EXPECT_EQ(Count("account_step"), 0);
  EXPECT_EQ(Count("audit_event"), 0);
}

TEST_F(AccountStatementsTest, ADeskTakesOneAccountOfAnInstitutionCode) {
  EXPECT_EQ(Change("W0000009", Event::kActivate, desk_one_), Number(ErrorCode::kStateNotPossible));
  Sql("UPDATE desk SET status = 'revoked' WHERE desk_id = '" + desk_three_ + "'");
  EXPECT_EQ(Change("W0000009", Event::kActivate, desk_three_), Number(ErrorCode::kDeskNotActive));
  EXPECT_EQ(Change("W0000009", Event::kActivate, "44444444-3333-4333-8333-333333333333"),
            Number(ErrorCode::kDeskUnknown));
}

TEST_F(AccountStatementsTest, AnUnknownAccountOrOneOfAnotherInstitutionIsNotChanged) {
  EXPECT_EQ(Change("W0999999", Event::kSuspend), Number(ErrorCode::kAccountUnknown));
  EXPECT_EQ(Change("W0000001", Event::kSuspend, {}, "1311234568"), Number(ErrorCode::kAccountUnknown));
}

TEST_F(AccountStatementsTest, ReleaseEndsTheBindingTheLogInAndAsksTheNationalSide) {
  Sql("UPDATE device_account SET national_bound = true WHERE account_id = 'W0000001'");
  Sql("INSERT INTO desk_log_in (desk_id, account_id, how) VALUES ('" + desk_one_ +
      "', 'W0000001', 'password') ON CONFLICT DO NOTHING");
  ASSERT_EQ(Change("W0000001", Event::kRelease), 0);
  EXPECT_EQ(StateOf("W0000001"), "issued|spare|-");
  EXPECT_EQ(Count("desk_log_in WHERE account_id = 'W0000001'"), 0);
  EXPECT_EQ(Count("device_account WHERE account_id = 'W0000001' AND national_release_due AND NOT national_bound"), 1);
  EXPECT_EQ(Sql("SELECT desk_id FROM account_step"), desk_one_);
}

TEST_F(AccountStatementsTest, SuspendAndEndKeepTheirDatesAndEndDestroysSecrets) {
  ASSERT_EQ(Change("W0000001", Event::kSuspend), 0);
  EXPECT_EQ(Count("device_account WHERE suspended_on IS NOT NULL AND state_reason = 'because'"), 1);
  ASSERT_EQ(Change("W0000001", Event::kResume), 0);
  EXPECT_EQ(Count("device_account WHERE suspended_on IS NOT NULL"), 0);
  Sql("INSERT INTO sealed_sheet (account_id, sealed, source, sealed_until) VALUES ('W0000009', 'x', 'import', now())");
  Sql("INSERT INTO activation_code (code_hash, account_id) VALUES ('code', 'W0000009')");
  ASSERT_EQ(Change("W0000009", Event::kEnd), 0);
  EXPECT_EQ(Count("sealed_sheet"), 0);
  EXPECT_EQ(Count("activation_code WHERE void_at IS NOT NULL"), 1);
  EXPECT_EQ(Count("device_account WHERE ends_on IS NOT NULL AND state = 'ended'"), 1);
  EXPECT_EQ(Change("W0000009", Event::kActivate, desk_three_), Number(ErrorCode::kStateNotPossible));
}

TEST_F(AccountStatementsTest, OneOfTwoDesksWithTheSameAccountWins) {
  const std::string desk_four = "44444444-4444-4444-8444-444444444444";
  Sql("INSERT INTO desk (desk_id, name) VALUES ('" + desk_four + "', 'desk four')");
  std::vector<std::future<int>> both;
  for (const std::string& desk : {desk_three_, desk_four})
    both.push_back(std::async(std::launch::async, [&, desk] { return Change("W0000009", Event::kActivate, desk); }));
  EXPECT_THAT((std::vector<int>{both[0].get(), both[1].get()}),
              testing::UnorderedElementsAre(0, Number(ErrorCode::kAccountBoundElsewhere)));
}

TEST_F(AccountStatementsTest, TheDeskIsToldOfEachChange) {
  pqxx::connection listening(UrlOf("postgres"));
  struct Receiver : pqxx::notification_receiver {
    explicit Receiver(pqxx::connection& connection) : notification_receiver(connection, "madoguchi_desk") {}
    void operator()(const std::string& payload, int) override { payloads.push_back(payload); }
    std::vector<std::string> payloads;
  } receiver(listening);
  ASSERT_EQ(Change("W0000001", Event::kSuspend), 0);
  ASSERT_EQ(Change("W0000001", Event::kRelease), 0);
  while (receiver.payloads.size() < 2 && listening.await_notification(static_cast<long>(kTestWaitMax.count()), 0) > 0) {
  }
  EXPECT_THAT(receiver.payloads, testing::ElementsAre(desk_one_, desk_one_));
}

TEST_F(AccountStatementsTest, FiveWrongPasswordsLockOneSourceForExactlyThirtyMinutes) {
  LockOut(Attempt());
  const milliseconds left = Take(Attempt());
  EXPECT_GT(left, account::kLockedFor - std::chrono::minutes(1));
  EXPECT_LE(left, account::kLockedFor);
  EXPECT_EQ(Take(Attempt("desk:two")).count(), -1);
  EXPECT_EQ(Count("audit_event WHERE action = 'account.log_in_refused'"), 5);
  EXPECT_EQ(
      Count("audit_event WHERE action = 'account.locked' AND account_id = 'W0000001' AND detail = 'from desk:one'"), 1);
}

TEST_F(AccountStatementsTest, ARefusalBeforeTheLastTryWasRightIsCountedTheSame) {
  for (int i = 0; i < account::kFailuresMax; ++i) EXPECT_EQ(Take(Attempt()).count(), -1);
  for (int i = 0; i < 3; ++i) Run(CountRefused, Attempt());
  Run(ForgetFailures, Attempt());
  EXPECT_EQ(Count("audit_event WHERE action = 'account.log_in_refused'"), 1);
  EXPECT_EQ(Sql("SELECT detail FROM audit_event WHERE action = 'account.lock_ended'"), "from desk:one, refused 3");
}

TEST_F(AccountStatementsTest, ALockThatEndedGivesAllTriesBack) {
  LockOut(Attempt());
  Sql("UPDATE log_in_failure SET locked_until = clock_timestamp()");
  EXPECT_EQ(Take(Attempt()).count(), -1);
  EXPECT_EQ(Count("audit_event WHERE action = 'account.lock_ended'"), 1);
  EXPECT_EQ(Sql("SELECT failures FROM log_in_failure"), "1");
}

TEST_F(AccountStatementsTest, ALockIsNeverLongerThanThirtyMinutesWhenTheClockWasSetBack) {
  LockOut(Attempt());
  Sql("UPDATE log_in_failure SET locked_until = locked_until + interval '3 days'");
  EXPECT_EQ(Take(Attempt()), account::kLockedFor);
}

TEST_F(AccountStatementsTest, TheRightPasswordForgetsTheWrongOnes) {
  for (int i = 0; i < 4; ++i) Take(Attempt());
  Run(ForgetFailures, Attempt());
  EXPECT_EQ(Count("log_in_failure"), 0);
  LockOut(Attempt());
}

TEST_F(AccountStatementsTest, ATryThatWasNotAnsweredDoesNotCount) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(Take(Attempt()).count(), -1);
  EXPECT_GT(Take(Attempt()).count(), 0);
  Run(ReturnTry, Attempt());
  EXPECT_EQ(Take(Attempt()).count(), -1);
  EXPECT_EQ(Count("audit_event"), 0);
  EXPECT_GT(Fail(Attempt()).count(), 0);
  Run(ReturnTry, Attempt());
  EXPECT_EQ(Count("audit_event WHERE action IN ('account.locked', 'account.lock_ended')"), 2);
}

TEST_F(AccountStatementsTest, ParallelGuessesNeverHaveMoreThanFiveTries) {
  std::vector<std::future<milliseconds>> guesses;
  for (int i = 0; i < 24; ++i) guesses.push_back(std::async(std::launch::async, [&] { return Take(Attempt()); }));
  int taken = 0;
  for (auto& guess : guesses) taken += guess.get().count() == -1 ? 1 : 0;
  EXPECT_EQ(taken, account::kFailuresMax);
}

TEST_F(AccountStatementsTest, ALockIsInTheTrailOnceHoweverManyWereWrongAtOnce) {
  for (int i = 0; i < 5; ++i) Take(Attempt());
  for (int i = 0; i < 5; ++i) EXPECT_GT(Fail(Attempt()).count(), 0);
  EXPECT_EQ(Count("audit_event WHERE action = 'account.locked'"), 1);
}

}  // namespace
}  // namespace madoguchi::store
