// SPDX-License-Identifier: Apache-2.0
// Vectors: RFC 8032 §7.1, tests 1 and 2.
#include "contract/crypto/ed25519.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <fstream>
#include <utility>

#include "contract/crypto/digest.h"
#include "contract/files.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::crypto {
namespace {

struct Vector {
  const char *seed, *public_key, *message, *signature;
};
constexpr Vector kVectors[] = {
    {"9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
     "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
     "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe246"
     "5"
     "5141438e7a100b"},
    {"4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
     "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
     "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb"
     "0"
     "0d291612bb0c00"},
};

// PKCS #8 (RFC 8410 §7) as openssl genpkey writes it.
std::string Pem(const std::string& seed) {
  return "-----BEGIN PRIVATE KEY-----\n" + ToBase64(*FromHex("302e020100300506032b657004220420" + seed)) +
         "\n-----END PRIVATE KEY-----\n";
}

class Ed25519 : public testing::Test {
 protected:
  std::string Put(const std::string& content) const {
    EXPECT_TRUE(WriteFileWhole(folder_.File("key"), content, true).ok());
    return folder_.File("key");
  }
  TestFolder folder_;
};

TEST_F(Ed25519, SignsAsTheVectorsOfItsRfc) {
  for (const Vector& vector : kVectors) {
    const Result<Ed25519Key> key = Ed25519Key::Read(Put(Pem(vector.seed)));
    ASSERT_TRUE(key.ok());
    EXPECT_EQ(ToHex(key->public_key()), vector.public_key);
    EXPECT_EQ(ToHex(key->Sign(*FromHex(vector.message))), vector.signature);
    EXPECT_TRUE(VerifyEd25519(*FromHex(vector.public_key), *FromHex(vector.message), *FromHex(vector.signature)));
  }
}

TEST_F(Ed25519, RefusesEverySignatureWithOneBitChanged) {
  const Bytes public_key = *FromHex(kVectors[1].public_key), message = *FromHex("72");
  Bytes signature = *FromHex(kVectors[1].signature);
  for (std::size_t bit = 0; bit < signature.size() * 8; ++bit) {
    signature[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    EXPECT_FALSE(VerifyEd25519(public_key, message, signature)) << bit;
    signature[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
  }
  EXPECT_FALSE(VerifyEd25519(public_key, *FromHex("73"), signature));
  EXPECT_FALSE(VerifyEd25519(*FromHex("00"), message, signature));
  EXPECT_FALSE(VerifyEd25519(public_key, message, {}));
}

TEST_F(Ed25519, AKeyThatWasMadeIsWrittenForItsOwnerAndReadAgain) {
  const Result<Ed25519Key> made = Ed25519Key::Make();
  ASSERT_TRUE(made.ok());
  ASSERT_TRUE(made->Write(folder_.File("new")).ok());
  struct stat status {};
  ASSERT_EQ(stat(folder_.File("new").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
  const Result<Ed25519Key> read = Ed25519Key::Read(folder_.File("new"));
  ASSERT_TRUE(read.ok());
  EXPECT_EQ(read->public_key(), made->public_key());
  EXPECT_TRUE(VerifyEd25519(made->public_key(), AsBytes("text"), read->Sign(AsBytes("text"))));
}

TEST_F(Ed25519, AKeyNeverReplacesAFile) {
  const std::string file = Put("something else");
  EXPECT_EQ(Ed25519Key::Make()->Write(file).error().code, ErrorCode::kTrailKeyInvalid);
  EXPECT_EQ(*ReadSmallFile(file), "something else");
}

TEST_F(Ed25519, AFileThatIsNoSuchKeyIsRefused) {
  constexpr char kOfAnotherKind[] =
      "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VuBCIEIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f\n"
      "-----END PRIVATE KEY-----\n";  // X25519
  for (const std::string content : {"", "no key", kOfAnotherKind})
    EXPECT_EQ(Ed25519Key::Read(Put(content)).error().code, ErrorCode::kTrailKeyInvalid) << content.size();
  const std::string file = Put(Pem(kVectors[0].seed));
  ASSERT_EQ(chmod(file.c_str(), 0640), 0);
  EXPECT_EQ(Ed25519Key::Read(file).error().code, ErrorCode::kConfigFilePermissions);
  EXPECT_EQ(Ed25519Key::Read(folder_.File("none")).error().code, ErrorCode::kConfigFileUnreadable);
}

}  // namespace
}  // namespace madoguchi::crypto
