// SPDX-License-Identifier: Apache-2.0
#include "server/account/sheet_expiry.h"

#include "server/store/pg_sheets.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::account {
namespace {

using SheetExpiryTest = store::StoreTest;

TEST_F(SheetExpiryTest, DestroysEveryBatchOfWhatIsOldAndNothingElse) {
  Sql("INSERT INTO device_account (account_id, institution_code) SELECT 'W1' || lpad(n::text, 6, '0'), '1311234567' "
      "FROM generate_series(1, 1200) AS n");
  Sql("INSERT INTO sealed_sheet (account_id, sealed, source, sealed_until) SELECT account_id, 'x', 'import', "
      "clock_timestamp() + "
      "CASE WHEN account_id < 'W1001101' THEN interval '-1 second' ELSE interval '1 day' END FROM device_account WHERE "
      "account_id LIKE 'W1%'");
  store::AnswerLimit limit;
  store::PgPool pool(server_url(), 2, limit);
  store::PgSheets book(pool, "server-one");
  DestroyExpiredSheets(book);
  EXPECT_EQ(Count("sealed_sheet"), 100);
  EXPECT_EQ(Count("audit_event WHERE action = 'account.sheet_destroyed'"), 1100);
}

TEST_F(SheetExpiryTest, EndsQuietlyWithoutADatabase) {
  store::AnswerLimit limit;
  store::PgPool pool("host=127.0.0.1 port=1 dbname=x", 1, limit);
  store::PgSheets book(pool, "server-one");
  DestroyExpiredSheets(book);
}

}  // namespace
}  // namespace madoguchi::account
