// SPDX-License-Identifier: Apache-2.0
#include "server/store/issued_accounts.h"

#include <future>

#include "server/store/pg_pool.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

class IssuedAccountsTest : public StoreTest {
 protected:
  static IssuedRow Row(const std::string& account_id, const std::string& code_hash) {
    return {"1311234567",        account_id,  {"$argon2id$test", code_hash, Bytes(60, 7)}, "2026-11-22", "import", "",
            "hanako@example.jp", "server-one"};
  }
  Result<void> Store(const IssuedRow& row) {
    return pool_.Run(Soon(), [&](pqxx::work& transaction) { return StoreIssued(transaction, row); });
  }
  AnswerLimit limit_;
  PgPool pool_{server_url(), 4, limit_};
};

TEST_F(IssuedAccountsTest, AreSealedForThirtyDays) {
  ASSERT_EQ(CodeOf(Store(Row("W0000010", "k:1"))), 0);
  EXPECT_EQ(Sql("SELECT sealed_until > now() + interval '29 days 23 hours' AND sealed_until < now() + interval '30 "
                "days 1 minute' FROM sealed_sheet"),
            "t");
  EXPECT_EQ(Sql("SELECT event || state FROM account_step WHERE account_id = 'W0000010'"), "issueissued");
  EXPECT_EQ(
      Count("audit_event WHERE action = 'account.issued' AND account_id = 'W0000010' AND actor = 'hanako@example.jp'"),
      1);
}

TEST_F(IssuedAccountsTest, ANewCodeMakesTheOlderOneVoid) {
  ASSERT_EQ(CodeOf(Store(Row("W0000010", "k:1"))), 0);
  ASSERT_EQ(CodeOf(Store(Row("W0000010", "k:1"))), 0);
  ASSERT_EQ(CodeOf(Store(Row("W0000010", "k:2"))), 0);
  EXPECT_EQ(Sql("SELECT string_agg(code_hash, ' ') FROM activation_code WHERE void_at IS NULL"), "k:2");
  EXPECT_EQ(CodeOf(Store(Row("W0000010", "k:1"))), Number(ErrorCode::kSheetAlreadyUsed));
}

TEST_F(IssuedAccountsTest, ASpentCodeIsNeverTakenAgain) {
  ASSERT_EQ(CodeOf(Store(Row("W0000010", "k:1"))), 0);
  Sql("UPDATE activation_code SET spent_at = clock_timestamp()");
  EXPECT_EQ(CodeOf(Store(Row("W0000010", "k:1"))), Number(ErrorCode::kSheetAlreadyUsed));
  EXPECT_EQ(CodeOf(Store(Row("W0000011", "k:1"))), Number(ErrorCode::kSheetAlreadyUsed));
  EXPECT_EQ(Count("device_account WHERE account_id = 'W0000011'"), 0);
}

TEST_F(IssuedAccountsTest, AnAccountInUseOrOfAnotherInstitutionIsRefused) {
  EXPECT_EQ(CodeOf(Store(Row("W0000001", "k:1"))), Number(ErrorCode::kSheetAlreadyUsed));
  Sql("INSERT INTO institution (code) VALUES ('0111013719')");
  Sql("INSERT INTO device_account (account_id, institution_code) VALUES ('W0000020', '0111013719')");
  EXPECT_EQ(CodeOf(Store(Row("W0000020", "k:1"))), Number(ErrorCode::kSheetOfOtherFacility));
}

TEST_F(IssuedAccountsTest, ImportedOnesFillTheRecordedApplications) {
  Sql("INSERT INTO application (application_id, institution_code, kind, state, applicant, staff_count, devices, "
      "created_by, decided_at) "
      "VALUES (gen_random_uuid(), '1311234567', 'use', 'recorded', 'x', 1, 1, 'x', now())");
  ASSERT_EQ(CodeOf(Store(Row("W0000010", "k:1"))), 0);
  ASSERT_EQ(CodeOf(Store(Row("W0000011", "k:2"))), 0);
  EXPECT_EQ(Sql("SELECT account_id FROM device_account WHERE application_id IS NOT NULL"), "W0000010");
}

TEST_F(IssuedAccountsTest, OfTwoWithTheSameSheetAtTheSameMomentNothingIsLeftTwice) {
  std::vector<std::future<int>> tries;
  for (int i = 0; i < 4; ++i)
    tries.push_back(std::async(std::launch::async, [&] { return CodeOf(Store(Row("W0000010", "k:1"))); }));
  for (auto& attempt : tries) EXPECT_EQ(attempt.get(), 0);
  EXPECT_EQ(Count("activation_code"), 1);
  EXPECT_EQ(Count("sealed_sheet"), 1);
}

}  // namespace
}  // namespace madoguchi::store
