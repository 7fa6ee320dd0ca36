// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/signature.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>

#include "contract/files.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::handoff {
namespace {

class SignatureTest : public ::testing::Test {
 protected:
  std::string KeyFile(const std::string& content, bool is_private = true) {
    const std::string file = folder_.File("key");
    EXPECT_TRUE(WriteFileWhole(file, content, is_private));
    return file;
  }
  TestFolder folder_;
};

// Computed with Python's hmac module; the example of docs/handoff.md.
TEST_F(SignatureTest, IsAnHmacOverSecondsAndBody) {
  const auto key = ReadSigningKey(KeyFile(std::string(64, 'a') + "\n"));
  ASSERT_TRUE(key.ok());
  EXPECT_EQ(SignatureOf(key->view(), 1795305600, R"({"results":[]})"),
            "t=1795305600,v1=7955ea6b0ccb4da484022d1ee568d175dcc780dbd704b0495f9b47993cf55145");
}

TEST_F(SignatureTest, ChangesWithTheTimeTheBodyAndTheKey) {
  const Bytes key(32, 1), other(32, 2);
  const std::string plain = SignatureOf(key, 1, "23");
  EXPECT_EQ(plain, SignatureOf(key, 1, "23"));
  EXPECT_NE(plain.substr(plain.find(',')), SignatureOf(key, 2, "23").substr(plain.find(',')));
  EXPECT_NE(plain.substr(plain.find(',')), SignatureOf(key, 1, "24").substr(plain.find(',')));
  EXPECT_NE(plain.substr(plain.find(',')), SignatureOf(other, 1, "23").substr(plain.find(',')));
  EXPECT_NE(plain.substr(plain.find(',')), SignatureOf(key, 12, "3").substr(SignatureOf(key, 12, "3").find(',')));
}

TEST_F(SignatureTest, TakesKeysOfThirtyTwoToSixtyFourBytes) {
  EXPECT_EQ(ReadSigningKey(KeyFile(std::string(64, 'a')))->size(), 32U);
  EXPECT_EQ(ReadSigningKey(KeyFile(std::string(128, 'b') + "\r\n"))->size(), 64U);
  for (const std::string& bad : {std::string(), std::string(62, 'a'), std::string(63, 'a'), std::string(64, 'x')})
    EXPECT_EQ(ReadSigningKey(KeyFile(bad)).error().code, ErrorCode::kConfigValueInvalid);
  EXPECT_FALSE(ReadSigningKey(KeyFile(std::string(130, 'a'))).ok());
}

TEST_F(SignatureTest, RefusesAKeyThatOthersMayRead) {
  EXPECT_EQ(ReadSigningKey(KeyFile(std::string(64, 'a'), false)).error().code, ErrorCode::kConfigFilePermissions);
  EXPECT_EQ(ReadSigningKey(folder_.File("none")).error().code, ErrorCode::kConfigFileUnreadable);
}

}  // namespace
}  // namespace madoguchi::handoff
