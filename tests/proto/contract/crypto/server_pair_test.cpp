// SPDX-License-Identifier: Apache-2.0
#include "contract/crypto/server_pair.h"

#include <gtest/gtest.h>

#include "contract/files.h"
#include "tests/proto/contract/crypto/test_certificates.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::crypto {
namespace {

class ServerPairTest : public testing::Test {
 protected:
  void WriteCertificate(const TestKey& key) {
    ASSERT_TRUE(WriteFileWhole(certificate_, PemOf(MakeCertificate({.dns_name = "localhost"}, key, key)), false).ok());
  }
  void WriteKey(const TestKey& key) { ASSERT_TRUE(WriteFileWhole(key_, PemOf(key), true).ok()); }

  TestFolder folder_;
  const std::string certificate_ = folder_.File("server.pem"), key_ = folder_.File("server.key");
  ServerPair pair_{certificate_, key_};
};

TEST_F(ServerPairTest, IsReadAgainOnceAfterAChange) {
  const TestKey one = MakeEcKey(), two = MakeEcKey();
  WriteKey(one);
  WriteCertificate(one);
  ASSERT_TRUE(pair_.Load().ok());
  EXPECT_FALSE(pair_.Changed());
  WriteKey(two);
  WriteCertificate(two);
  const auto changed = pair_.Changed();
  ASSERT_TRUE(changed);
  EXPECT_EQ(changed->key, PemOf(two));
  EXPECT_FALSE(pair_.Changed());
}

TEST_F(ServerPairTest, IsPassedOverHalfWayThroughARenewal) {
  const TestKey one = MakeEcKey(), two = MakeEcKey();
  WriteKey(one);
  WriteCertificate(one);
  ASSERT_TRUE(pair_.Load().ok());
  WriteCertificate(two);
  EXPECT_FALSE(pair_.Changed());
  WriteKey(two);
  EXPECT_TRUE(pair_.Changed());
}

TEST_F(ServerPairTest, MustBelongTogetherAtTheStart) {
  WriteKey(MakeEcKey());
  WriteCertificate(MakeEcKey());
  EXPECT_EQ(pair_.Load().error().code, ErrorCode::kConfigFileUnreadable);
}

TEST(IsKeyOf, IsFalseForWhatCannotBeRead) {
  EXPECT_FALSE(IsKeyOf("", ""));
  EXPECT_FALSE(IsKeyOf("no key", "no certificate"));
}

}  // namespace
}  // namespace madoguchi::crypto
