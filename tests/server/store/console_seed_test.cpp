// SPDX-License-Identifier: Apache-2.0
#include "server/store/console_seed.h"

#include "contract/crypto/random.h"
#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

NewConsole Console() {
  return {UuidText(crypto::NewUuid()), "受付事務室", Bytes(32, 7), "0a",
          std::chrono::system_clock::now() + std::chrono::hours(24 * 398)};
}

TEST_F(StoreTest, AddConsoleEntersItsCertificateAndSaysSoInTheTrail) {
  const NewConsole console = Console();
  ASSERT_EQ(CodeOf(AddConsole(owner_url(), console)), 0);
  EXPECT_EQ(Sql("SELECT console_id || '|' || name || '|' || (not_after > now() + interval '397 days')::text FROM "
                "console_certificate WHERE revoked_at IS NULL"),
            console.console_id + "|受付事務室|true");
  EXPECT_EQ(Sql("SELECT action || '|' || actor || '|' || detail FROM audit_event"),
            "identity.console_added|root|console=" + console.console_id + " serial=0a");
}

TEST_F(StoreTest, AddConsoleIsNotForTheServersRoleAndNotTwice) {
  EXPECT_EQ(CodeOf(AddConsole(server_url(), Console())), Number(ErrorCode::kDatabaseError));
  ASSERT_EQ(CodeOf(AddConsole(owner_url(), Console())), 0);
  EXPECT_EQ(CodeOf(AddConsole(owner_url(), Console())), Number(ErrorCode::kDatabaseError));
  EXPECT_EQ(Count("audit_event"), 1);
}

TEST_F(StoreTest, AnActOfRootIsInTheTrail) {
  ASSERT_EQ(CodeOf(RecordActOfRoot(owner_url(), "identity.recovery_copy_exported", "root=00")), 0);
  EXPECT_EQ(Sql("SELECT actor || '|' || owner || '|' || detail FROM audit_event"), "root|command|root=00");
}

}  // namespace
}  // namespace madoguchi::store
