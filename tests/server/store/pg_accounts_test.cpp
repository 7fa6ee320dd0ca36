// SPDX-License-Identifier: Apache-2.0
// What administrators see and do; and a random walk that the database has to go as the model of tests/server/account
// goes.
#include "server/store/pg_accounts.h"

#include <gmock/gmock.h>

#include "server/store/account_statements.h"
#include "server/store/issued_accounts.h"
#include "tests/server/account/walk_model.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

using account::AccountAct;
using account::Event;

constexpr char kInstitution[] = "1311234567";
constexpr int kWalkSteps = 1500;

class PgAccountsTest : public StoreTest {
 protected:
  AccountAct Act(const std::string& account_id = "W0000001") const {
    return {kInstitution, account_id, "ada@clinic.example", "because"};
  }
  account::AccountFacts Show(const std::string& account_id = "W0000001") {
    auto facts = accounts_.Show(kInstitution, account_id, Soon());
    EXPECT_EQ(CodeOf(facts), 0);
    return facts.ok() ? *facts : account::AccountFacts{};
  }
  void Lock(const std::string& source, const std::string& account_id = "W0000001") {
    Sql("INSERT INTO log_in_failure (account_hash, source, account_id, failures, last_at, locked_until, announced) "
        "VALUES ('h" +
        account_id + "', '" + source + "', '" + account_id + "', 5, now(), now() + interval '30 minutes', false)");
  }
  AnswerLimit limit_;
  PgPool pool_{server_url(), 4, limit_};
  PgAccounts accounts_{pool_, "server-one"};
};

TEST_F(PgAccountsTest, ShowsWhatIsKnownOfAnAccount) {
  Sql("UPDATE desk SET last_address = '192.0.2.7', terminal_version = '0.1.0', reader = 'Reader 1' WHERE desk_id = '" +
      desk_one_ + "'");
  Sql("UPDATE device_account SET last_used_at = '2026-11-22T01:02:03.5Z', starts_on = '2026-10-01', note = '受付 1' "
      "WHERE account_id = "
      "'W0000001'");
  Lock("desk:one");
  const account::AccountFacts facts = Show();
  EXPECT_EQ(facts.institution_code, kInstitution);
  EXPECT_EQ(facts.state, account::State::kActive);
  EXPECT_EQ(facts.holder, account::Holder::kDesk);
  EXPECT_EQ(facts.desk_id, desk_one_);
  EXPECT_EQ(facts.desk_name, "desk one");
  EXPECT_EQ(facts.note, "受付 1");
  EXPECT_EQ(facts.starts_on, "2026-10-01");
  EXPECT_EQ(facts.ends_on + facts.suspended_on + facts.sealed_until + facts.national_locked_until, "");
  EXPECT_EQ(facts.last_used_at, "2026-11-22T01:02:03Z");
  EXPECT_EQ(facts.last_address, "192.0.2.7");
  EXPECT_EQ(facts.terminal_version, "0.1.0");
  EXPECT_EQ(facts.reader, "Reader 1");
  EXPECT_THAT(facts.certificate_expires_at, testing::MatchesRegex("20..-..-..T..:..:..Z"));
  EXPECT_THAT(facts.locked_until, testing::MatchesRegex("20..-..-..T..:..:..Z"));
  EXPECT_TRUE(facts.logged_in);
}

TEST_F(PgAccountsTest, ListsTheInstitutionsAUserMaySee) {
  Sql("INSERT INTO institution (code) VALUES ('1331234560')");
  Sql("INSERT INTO device_account (account_id, institution_code) VALUES ('W0000007', '1331234560')");
  EXPECT_EQ(accounts_.List({}, Soon())->size(), 3u);
  const auto others = accounts_.List({"1331234560"}, Soon());
  ASSERT_EQ(others->size(), 1u);
  EXPECT_EQ(others->at(0).account_id, "W0000007");
  EXPECT_EQ(accounts_.List({"'; DROP TABLE desk --"}, Soon())->size(), 0u);
  EXPECT_EQ(CodeOf(accounts_.Show(kInstitution, "W0000007", Soon())), Number(ErrorCode::kAccountUnknown));
  EXPECT_EQ(CodeOf(accounts_.Show(kInstitution, "", Soon())), Number(ErrorCode::kAccountUnknown));
}

TEST_F(PgAccountsTest, ARefusedChangeIsInTheTrailToo) {
  EXPECT_EQ(CodeOf(accounts_.Change(Act(), Event::kResume, Soon())), Number(ErrorCode::kStateNotPossible));
  EXPECT_EQ(Sql("SELECT concat_ws('|', action, account_id, code, detail, actor) FROM audit_event"),
            "account.change_refused|W0000001|1509|resume|ada@clinic.example");
  EXPECT_EQ(CodeOf(accounts_.Change(Act(), Event::kSuspend, Soon())), 0);
  EXPECT_EQ(Show().state, account::State::kSuspended);
  EXPECT_NE(Show().suspended_on, "");
}

TEST_F(PgAccountsTest, APhoneUsesTheSheetUp) {
  Sql("INSERT INTO device_account (account_id, institution_code) VALUES ('W0000007', '1311234567')");
  Sql("INSERT INTO activation_code (code_hash, account_id) VALUES ('code', 'W0000007')");
  Sql("INSERT INTO sealed_sheet (account_id, sealed, source, sealed_until) VALUES ('W0000007', 'x', 'import', now() + "
      "interval '1 day')");
  EXPECT_TRUE(Show("W0000007").activation_code_unused);
  ASSERT_EQ(CodeOf(accounts_.Change(Act("W0000007"), Event::kActivate, Soon())), 0);
  const account::AccountFacts facts = Show("W0000007");
  EXPECT_EQ(facts.holder, account::Holder::kPhone);
  EXPECT_FALSE(facts.activation_code_unused);
  EXPECT_EQ(facts.sealed_until, "");
}

TEST_F(PgAccountsTest, UnlockEndsEveryLockOfTheAccountAndOnlyThose) {
  Lock("desk:one");
  Lock("enrolment");
  Lock("desk:one", "W0000002");
  EXPECT_TRUE(*accounts_.IsLocked(Act(), Soon()));
  EXPECT_EQ(CodeOf(accounts_.Unlock(Act(), Soon())), 0);
  EXPECT_FALSE(*accounts_.IsLocked(Act(), Soon()));
  EXPECT_EQ(CodeOf(accounts_.Unlock(Act(), Soon())), Number(ErrorCode::kStateNotPossible));
  EXPECT_TRUE(*accounts_.IsLocked(Act("W0000002"), Soon()));
  EXPECT_EQ(Count("audit_event WHERE action = 'account.unlocked' AND actor = 'ada@clinic.example'"), 2);
  EXPECT_EQ(CodeOf(accounts_.IsLocked(Act("W0999999"), Soon())), Number(ErrorCode::kAccountUnknown));
}

TEST_F(PgAccountsTest, TheNationalLockIsShownApartAndEnds) {
  ASSERT_EQ(CodeOf(accounts_.KeepNationalLock("W0000001", std::chrono::minutes(7), Soon())), 0);
  EXPECT_NE(Show().national_locked_until, "");
  EXPECT_EQ(Show().locked_until, "");
  ASSERT_EQ(CodeOf(accounts_.KeepNationalLock("W0000001", std::chrono::minutes(0), Soon())), 0);
  EXPECT_EQ(Show().national_locked_until, "");
}

TEST_F(PgAccountsTest, ANoteIsKeptAndItsTextIsNotInTheTrail) {
  ASSERT_EQ(CodeOf(accounts_.SetNote(Act(), "目印さんの端末", Soon())), 0);
  EXPECT_EQ(Show().note, "目印さんの端末");
  EXPECT_EQ(Count("audit_event AS row WHERE row::text LIKE '%目印%'"), 0);
  EXPECT_EQ(CodeOf(accounts_.SetNote(Act("W0999999"), "x", Soon())), Number(ErrorCode::kAccountUnknown));
}

// --- the walk
// ----------------------------------------------------------------------------------------------------------------

class WalkTest : public PgAccountsTest {
 protected:
  WalkTest() {
    Sql("INSERT INTO device_account (account_id, institution_code) SELECT 'W100000' || n, '1311234567' FROM "
        "generate_series(0, " +
        std::to_string(account::kWalkAccounts - 1) + ") AS n");
    for (int desk = 0; desk < account::kWalkDesks; ++desk)
      desks_.push_back(Sql("INSERT INTO desk (name) VALUES ('desk" + std::to_string(desk) + "') RETURNING desk_id"));
  }
  static std::string Id(int account) { return "W100000" + std::to_string(account); }

  int Do(const account::WalkStep& step) {
    using Kind = account::WalkStep::Kind;
    if (step.kind == Kind::kChange) return CodeOf(accounts_.Change(Act(Id(step.account)), step.event, Soon()));
    if (step.kind == Kind::kActivate) return CodeOf(Activate(step));
    if (step.kind == Kind::kIssue) return CodeOf(Issue(step));
    if (step.kind == Kind::kGuess) return Guess(step);
    Sql("UPDATE log_in_failure SET locked_until = locked_until - interval '" + std::to_string(step.time.count()) +
        " minutes'");
    return 0;
  }

  // As the ceremony ends: bound and the code spent, or neither.
  Result<void> Activate(const account::WalkStep& step) {
    const std::string code = step.code == account::kCurrentCode ? "" : "code" + std::to_string(step.code);
    return pool_.Run(Soon(), [&](pqxx::work& transaction) -> Result<void> {
      TRY_VOID(ChangeState(transaction, {kInstitution, Id(step.account), Event::kActivate,
                                         desks_.at(static_cast<std::size_t>(step.desk)), "desk", "", "server-one"}));
      const auto spent = transaction.exec_params(
          "UPDATE activation_code SET spent_at = clock_timestamp() WHERE account_id = $1 AND ($2::text = '' OR "
          "code_hash = $2::text) AND "
          "spent_at IS NULL AND void_at IS NULL",
          Id(step.account), code);
      if (spent.affected_rows() != 1) return Error{ErrorCode::kActivationRefused, "code", {}};
      return {};
    });
  }
  Result<void> Issue(const account::WalkStep& step) {
    return pool_.Run(Soon(), [&](pqxx::work& transaction) {
      return StoreIssued(transaction, {kInstitution,
                                       Id(step.account),
                                       {"$argon2id$x", "code" + std::to_string(step.code), Bytes(40)},
                                       "",
                                       "import",
                                       "",
                                       "ada",
                                       "server-one"});
    });
  }
  int Guess(const account::WalkStep& step) {
    const LogInTry attempt{"hash" + std::to_string(step.account), "desk:" + std::to_string(step.source),
                           Id(step.account), "server-one"};
    std::chrono::milliseconds left{0};
    const auto taken = pool_.Run(Soon(), [&](pqxx::work& transaction) { return TakeTry(transaction, attempt, left); });
    if (!taken) return CodeOf(taken);
    EXPECT_TRUE(pool_
                    .Run(Soon(),
                         [&](pqxx::work& transaction) -> Result<void> {
                           if (step.right) {
                             ForgetFailures(transaction, attempt);
                           } else {
                             left = CountFailure(transaction, attempt);
                           }
                           return {};
                         })
                    .ok());
    if (step.right) return 0;
    return Number(left.count() > 0 ? ErrorCode::kLogInLocked : ErrorCode::kLogInRefused);
  }

  std::string Rows() {
    return Sql(
        "SELECT string_agg(concat_ws('|', account.account_id, state, holder, coalesce(desk.name, '-'), "
        "coalesce(code_hash, '-')), ' ' "
        "ORDER BY account.account_id) FROM device_account AS account LEFT JOIN desk USING (desk_id) LEFT JOIN "
        "activation_code AS code "
        "ON code.account_id = account.account_id AND spent_at IS NULL AND void_at IS NULL WHERE account.account_id >= "
        "'W1000000'");
  }
  static std::string Rows(const account::WalkModel& model) {
    std::string rows;
    for (int i = 0; i < account::kWalkAccounts; ++i) {
      const auto& [binding, code] = model.accounts.at(static_cast<std::size_t>(i));
      rows += (i > 0 ? " " : "") + Id(i) + "|" + std::string(Word(binding.state)) + "|" +
              std::string(Word(binding.holder)) + "|" + (binding.desk_id.empty() ? "-" : binding.desk_id) + "|" +
              (code < 0 ? "-" : "code" + std::to_string(code));
    }
    return rows;
  }
  std::vector<std::string> desks_;
};

TEST_F(WalkTest, TheDatabaseGoesWhereTheModelGoes) {
  std::mt19937 random(4711);
  account::WalkModel model;
  for (int i = 0; i < kWalkSteps; ++i) {
    const account::WalkStep step = account::NextStep(random);
    ASSERT_EQ(Do(step), model.Do(step)) << "step " << i << " kind " << static_cast<int>(step.kind);
    if (step.kind != account::WalkStep::Kind::kGuess) {
      ASSERT_EQ(Rows(), Rows(model)) << "step " << i;
    }
  }
  EXPECT_EQ(Count("activation_code WHERE spent_at IS NOT NULL"), static_cast<int>(model.spent.size()));
  EXPECT_GT(model.spent.size(), 5u);
}

}  // namespace
}  // namespace madoguchi::store
