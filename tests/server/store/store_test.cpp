// SPDX-License-Identifier: Apache-2.0
#include "server/store/store.h"

#include "tests/server/store/postgres_fixture.h"

namespace madoguchi::store {
namespace {

class StoreCrashTest : public StoreTest {
 protected:
  StoreCrashTest() : StoreTest(OwnCluster().folder()) {}
};

TEST_F(StoreTest, OpenStoreServesItsSeams) {
  const auto store = Store::Open({server_url(), "server-one"});
  ASSERT_EQ(CodeOf(store), 0);
  EXPECT_EQ(CodeOf((*store)->Ping(Soon())), 0);
  EXPECT_EQ(CodeOf((*store)->directory().LoadDesk({desk_one_, CertificateOf(desk_one_), {}}, Soon())), 0);
  EXPECT_EQ(CodeOf((*store)->activations().Load("", Soon())), Number(ErrorCode::kActivationExpired));
  EXPECT_EQ(CodeOf((*store)->trail().RecordIntent(Intent(), Soon())), 0);
}

TEST_F(StoreTest, OpenRefusesARoleThatCouldRewriteTheTrail) {
  EXPECT_EQ(CodeOf(Store::Open({owner_url(), "server-one"})), Number(ErrorCode::kDatabaseRoleTooPowerful));
}

TEST_F(StoreCrashTest, OpenSaysUnreachableWhenTheDatabaseIsDownAtStart) {
  OwnCluster().Kill();
  EXPECT_EQ(CodeOf(Store::Open({server_url(), "server-one"})), Number(ErrorCode::kDatabaseUnreachable));
  OwnCluster().Start();
  EXPECT_EQ(CodeOf(Store::Open({server_url(), "server-one"})), 0);
}

}  // namespace
}  // namespace madoguchi::store
