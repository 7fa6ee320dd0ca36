// SPDX-License-Identifier: Apache-2.0
#include "server/identity/recovery_copy.h"

#include <gmock/gmock.h>

#include "contract/crypto/ed25519.h"
#include "contract/files.h"
#include "server/identity/facility_ca.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::identity {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr const char* kOrigin = "clinic.example/trail";
constexpr const char* kPassphrase = "correct horse battery";
constexpr const char* kCopyPassphrase = "another long passphrase";

class RecoveryCopyTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(FacilityCa::Create(directory_, kPassphrase, {{"localhost"}, {}}).ok());
    copy_ = *(*FacilityCa::Load(directory_, kPassphrase))->RecoveryCopy(kCopyPassphrase);
    ASSERT_TRUE(key_.Write(key_file_).ok());
    key_pem_ = *ReadPrivateFile(key_file_);
  }
  TestFolder folder_;
  const std::string directory_ = folder_.File("identity"), key_file_ = folder_.File("trail.key");
  const crypto::Ed25519Key key_ = *crypto::Ed25519Key::Make();
  std::string copy_, key_pem_;
};

TEST_F(RecoveryCopyTest, TakesTheTrailsKeyAlongEncryptedAndTheRootComesBackAsBefore) {
  const auto whole = WithTrailKey(copy_, {kOrigin, key_pem_}, kCopyPassphrase);
  ASSERT_TRUE(whole.ok());
  EXPECT_THAT(*whole, Not(HasSubstr("BEGIN PRIVATE KEY")));
  EXPECT_THAT(*whole, Not(HasSubstr(key_pem_.substr(40, 40))));
  const std::string other = folder_.File("other");
  ASSERT_TRUE(FacilityCa::Restore(*whole, kCopyPassphrase, other, kPassphrase, {{"b.example"}, {}}).ok());
  EXPECT_EQ(*ReadSmallFile(IdentityFiles(other).root), *ReadSmallFile(IdentityFiles(directory_).root));

  const auto trail = TrailKeyOf(*whole, kCopyPassphrase);
  ASSERT_TRUE(trail.ok() && *trail);
  EXPECT_EQ((*trail)->origin, kOrigin);
  ASSERT_TRUE(WriteFileWhole(folder_.File("moved.key"), (*trail)->key_pem, true).ok());
  EXPECT_EQ(crypto::Ed25519Key::Read(folder_.File("moved.key"))->public_key(), key_.public_key());
}

TEST_F(RecoveryCopyTest, ACopyWithoutTheTrailsKeyIsStillOne) {
  const auto trail = TrailKeyOf(copy_, kCopyPassphrase);
  ASSERT_TRUE(trail.ok());
  EXPECT_FALSE(*trail);
}

TEST_F(RecoveryCopyTest, DoesNotGiveTheKeyForAWrongPassphraseOrFromADamagedCopy) {
  const std::string whole = *WithTrailKey(copy_, {kOrigin, key_pem_}, kCopyPassphrase);
  const auto of = [](const std::string& text, const char* passphrase) {
    const auto trail = TrailKeyOf(text, passphrase);
    return trail.ok() ? ErrorCode::kInternalError : trail.error().code;
  };
  EXPECT_EQ(of(whole, "wrong long passphrase"), ErrorCode::kRecoveryCopyUnreadable);
  EXPECT_EQ(of(whole.substr(0, whole.size() - 60), kCopyPassphrase), ErrorCode::kRecoveryCopyUnreadable);
  EXPECT_EQ(of(whole.substr(0, copy_.size() + 30), kCopyPassphrase), ErrorCode::kRecoveryCopyUnreadable);
  EXPECT_EQ(WithTrailKey(copy_, {kOrigin, "no key"}, kCopyPassphrase).error().code, ErrorCode::kTrailKeyInvalid);
}

}  // namespace
}  // namespace madoguchi::identity
