// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_sheets.h"

#include "server/account/limits.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

using account::ImportStanding;
using account::SheetKey;
using account::SheetsToImport;

constexpr char kInstitution[] = "1311234567";
constexpr char kAda[] = "ada@example.jp";

class PgSheetsTest : public StoreTest {
 protected:
  SheetsToImport ImportOf(const std::vector<SheetKey>& keys) {
    SheetsToImport import{kInstitution, "", kAda, {}, {}, 1};
    for (const SheetKey& key : keys)
      import.accounts.push_back({key.account_id, "2026-11-22", { "$argon2id$test", key.code_hash, Bytes(60, 7) }});
    auto seen = book_.Look(kInstitution, "", keys, Soon());
    EXPECT_TRUE(seen.ok());
    import.seen = *seen;
    return import;
  }
  int TakeOf(const std::vector<std::string>& account_ids) {
    return CodeOf(book_.TakeForPrint(kInstitution, account_ids, kAda, Soon()));
  }

  AnswerLimit limit_;
  PgPool pool_{server_url(), 4, limit_};
  PgSheets book_{pool_, "server-one"};
};

TEST_F(PgSheetsTest, LooksAtEachAccountInOrder) {
  const auto standing = book_.Look(kInstitution, "", {{"W0000010", "k:1"}, {"W0000001", "k:2"}}, Soon());
  ASSERT_TRUE(standing.ok());
  ASSERT_EQ(standing->accounts.size(), 2u);
  EXPECT_EQ(standing->accounts[0].institution_code, "");
  EXPECT_EQ(standing->accounts[1].institution_code, kInstitution);
  EXPECT_EQ(standing->accounts[1].state, "active");
  EXPECT_FALSE(standing->ledger);
  EXPECT_EQ(CodeOf(book_.Look("1319999999", "", {}, Soon())), Number(ErrorCode::kInstitutionUnknown));
}

TEST_F(PgSheetsTest, AccountsDoNotJoinAnApplicationThatTheRealPortalRejected) {
  const auto record = [this](const char* reason) {
    return Sql(
        std::string("INSERT INTO application (application_id, institution_code, kind, state, applicant, staff_count, "
                    "devices, created_by, decided_at, reason) VALUES (gen_random_uuid(), '1311234567', 'use', "
                    "'recorded', 'x', 2, 1, 'x', now(), ") +
        reason + ") RETURNING application_id");
  };
  const std::string accepted = record("NULL"), rejected = record("'no'");
  EXPECT_EQ(book_.Look(kInstitution, "", {}, Soon())->ledger->application_id, accepted);
  EXPECT_EQ(CodeOf(book_.Look(kInstitution, rejected, {}, Soon())), Number(ErrorCode::kStateNotPossible));
}

TEST_F(PgSheetsTest, ImportsOnlyWhileWhatWasSeenIsStillSo) {
  const SheetsToImport first = ImportOf({{"W0000010", "k:1"}, {"W0000011", "k:2"}}), second = first;
  ASSERT_EQ(CodeOf(book_.Import(first, Soon())), 0);
  EXPECT_EQ(CodeOf(book_.Import(second, Soon())), Number(ErrorCode::kChangedMeanwhile));
  EXPECT_EQ(Count("audit_event WHERE action = 'account.issued'"), 2);
}

TEST_F(PgSheetsTest, ImportsAsManyAsOneImportMayHold) {
  std::vector<SheetKey> keys;
  for (std::size_t i = 0; i < account::kImportAccountsMax; ++i) {
    const std::string number = std::to_string(1000 + i);
    keys.push_back({"W0001" + number.substr(1), "k:" + number});
  }
  ASSERT_EQ(CodeOf(book_.Import(ImportOf(keys), Soon())), 0);
  EXPECT_EQ(Count("sealed_sheet"), static_cast<int>(account::kImportAccountsMax));
}

TEST_F(PgSheetsTest, ImportsNothingWhenADeskWasActivatedInBetween) {
  ASSERT_EQ(CodeOf(book_.Import(ImportOf({{"W0000010", "k:1"}}), Soon())), 0);
  const SheetsToImport import = ImportOf({{"W0000011", "k:3"}, {"W0000010", "k:2"}});
  Sql("INSERT INTO desk (desk_id, name) VALUES ('0f000000-0000-4000-8000-00000000000d', 'three')");
  Sql("UPDATE device_account SET state = 'active', holder = 'desk', desk_id = '0f000000-0000-4000-8000-00000000000d' "
      "WHERE account_id = 'W0000010'");
  EXPECT_EQ(CodeOf(book_.Import(import, Soon())), Number(ErrorCode::kChangedMeanwhile));
  EXPECT_EQ(Count("device_account WHERE account_id = 'W0000011'"), 0);
}

TEST_F(PgSheetsTest, GivesASheetOutUntilActivationAndCountsIt) {
  ASSERT_EQ(CodeOf(book_.Import(ImportOf({{"W0000010", "k:1"}, {"W0000011", "k:2"}}), Soon())), 0);
  const auto taken = book_.TakeForPrint(kInstitution, {"W0000011"}, kAda, Soon());
  ASSERT_TRUE(taken.ok());
  ASSERT_EQ(taken->size(), 1u);
  EXPECT_EQ(taken->front().sealed, Bytes(60, 7));
  EXPECT_EQ(taken->front().issued_on, "2026-11-22");
  const auto all = book_.TakeForPrint(kInstitution, {}, kAda, Soon());
  ASSERT_TRUE(all.ok());
  EXPECT_EQ(all->size(), 2u);
  EXPECT_EQ(Sql("SELECT string_agg(printed::text, ' ' ORDER BY account_id) FROM sealed_sheet"), "1 2");
  EXPECT_EQ(Count("audit_event WHERE action = 'account.sheet_printed' AND actor = 'ada@example.jp'"), 3);
}

TEST_F(PgSheetsTest, GivesOutNothingThatIsActivatedDestroyedOrNotThere) {
  EXPECT_EQ(TakeOf({}), Number(ErrorCode::kSheetNotPrintable));
  ASSERT_EQ(CodeOf(book_.Import(ImportOf({{"W0000010", "k:1"}, {"W0000011", "k:2"}}), Soon())), 0);
  EXPECT_EQ(TakeOf({"W0000010", "W0000001"}), Number(ErrorCode::kSheetNotPrintable));
  EXPECT_EQ(TakeOf({"W0000010", "W0000099"}), Number(ErrorCode::kAccountUnknown));
  Sql("UPDATE sealed_sheet SET sealed_until = clock_timestamp() WHERE account_id = 'W0000010'");
  EXPECT_EQ(TakeOf({"W0000010"}), Number(ErrorCode::kSheetNotPrintable));
  EXPECT_EQ(CodeOf(book_.TakeForPrint("1319999999", {"W0000011"}, kAda, Soon())), Number(ErrorCode::kAccountUnknown));
  EXPECT_EQ(Count("audit_event WHERE action = 'account.sheet_printed'"), 0);
  EXPECT_EQ(Sql("SELECT sum(printed) FROM sealed_sheet"), "0");
}

TEST_F(PgSheetsTest, DestroysWhatWasSealedForLongEnough) {
  ASSERT_EQ(CodeOf(book_.Import(ImportOf({{"W0000010", "k:1"}, {"W0000011", "k:2"}}), Soon())), 0);
  EXPECT_EQ(*book_.DestroyExpired(Soon()), 0u);
  Sql("UPDATE sealed_sheet SET sealed_until = clock_timestamp() WHERE account_id = 'W0000010'");
  EXPECT_EQ(*book_.DestroyExpired(Soon()), 1u);
  EXPECT_EQ(Sql("SELECT account_id FROM sealed_sheet"), "W0000011");
  EXPECT_EQ(
      Count("audit_event WHERE action = 'account.sheet_destroyed' AND account_id = 'W0000010' AND actor = 'server'"),
      1);
}

}  // namespace
}  // namespace madoguchi::store
