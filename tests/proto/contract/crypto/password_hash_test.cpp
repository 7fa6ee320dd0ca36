// SPDX-License-Identifier: Apache-2.0
#include "contract/crypto/password_hash.h"

#include <gtest/gtest.h>

namespace madoguchi::crypto {
namespace {

Deadline Soon() {
  return Deadline::In(std::chrono::seconds(60));
}

TEST(PasswordHash, KnowsItsPasswordAndNoOther) {
  const auto hash = HashPassword(AsBytes("aB3x7kMp"), Slot::kLogIn, Soon());
  ASSERT_TRUE(hash.ok());
  EXPECT_TRUE(hash->starts_with("$argon2id$v=19$"));
  EXPECT_EQ(hash->find("aB3x"), std::string::npos);
  EXPECT_TRUE(*VerifyPassword(*hash, AsBytes("aB3x7kMp"), Slot::kLogIn, Soon()));
  for (const std::string& wrong : {std::string("aB3x7kMP"), std::string(), std::string(513, 'a')})
    EXPECT_FALSE(*VerifyPassword(*hash, AsBytes(wrong), Slot::kLogIn, Soon()));
}

TEST(PasswordHash, IsAnotherOneEachTime) {
  EXPECT_NE(*HashPassword(AsBytes("same"), Slot::kLogIn, Soon()), *HashPassword(AsBytes("same"), Slot::kLogIn, Soon()));
}

TEST(PasswordHash, OfADamagedRowIsAnErrorAndNoLogIn) {
  for (const char* damaged : {"", "$argon2id$", "plain", "$argon2id$v=19$m=19456,t=2,p=1$AAAA$"})
    EXPECT_FALSE(VerifyPassword(damaged, AsBytes("aB3x7kMp"), Slot::kLogIn, Soon()).ok()) << damaged;
}

TEST(PasswordHash, OfNobodyIsWorkedOutWithoutAnError) {
  EXPECT_TRUE(VerifyNobody(AsBytes("aB3x7kMp"), Slot::kEnrolment, Soon()).ok());
}

}  // namespace
}  // namespace madoguchi::crypto
