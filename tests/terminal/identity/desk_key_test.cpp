// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/desk_key.h"

#include <gtest/gtest.h>

#include "contract/files.h"
#include "terminal/identity/certificate_request.h"
#include "terminal/identity/openssl_handles.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/terminal/identity/test_facility.h"

namespace madoguchi::identity {
namespace {

TEST(DeskKey, IsAnotherOneEachTime) {
  const SecretBytes one = MakeKey().value(), other = MakeKey().value();
  EXPECT_EQ(AsText(one.view()).substr(0, 27), "-----BEGIN PRIVATE KEY-----");
  EXPECT_FALSE(AsText(one.view()) == AsText(other.view()));
  EXPECT_NE(KeyFingerprint(one).value(), KeyFingerprint(other).value());
}

TEST(DeskKey, SignsWhatItsPublicKeyVerifies) {
  const SecretBytes key_pem = MakeKey().value();
  const Bytes signature = Sign(key_pem, AsBytes("message")).value();
  const Bytes made = MakeRequest(key_pem).value();
  const unsigned char* der = made.data();
  const RequestHandle request(d2i_X509_REQ(nullptr, &der, static_cast<long>(made.size())));
  const auto verifies = [&](std::string_view message) {
    const DigestHandle digest(EVP_MD_CTX_new());
    EVP_DigestVerifyInit(digest.get(), nullptr, EVP_sha256(), nullptr, X509_REQ_get0_pubkey(request.get()));
    return EVP_DigestVerify(digest.get(), signature.data(), signature.size(), AsBytes(message).data(),
                            message.size()) == 1;
  };
  EXPECT_TRUE(verifies("message"));
  EXPECT_FALSE(verifies("messagf"));
}

TEST(DeskKey, KnowsTheCertificateThatWasMadeForIt) {
  const TestFacility facility;
  const SecretBytes ours = MakeKey().value(), other = MakeKey().value();
  const std::string chain = facility.DeskChain(MakeRequest(ours).value(), DeskWish());
  EXPECT_TRUE(CertificateIsForKey(chain, ours).value());
  EXPECT_FALSE(CertificateIsForKey(chain, other).value());
  EXPECT_EQ(CertificateIsForKey("nothing", ours).error().code, ErrorCode::kServerMessageInvalid);
}

TEST(DeskKey, IsReadFromAPrivateFileOnly) {
  const TestFolder folder;
  const SecretBytes key = MakeKey().value();
  ASSERT_TRUE(WriteFileWhole(folder.File("key"), AsText(key.view()), true).ok());
  ASSERT_TRUE(WriteFileWhole(folder.File("open"), AsText(key.view()), false).ok());
  ASSERT_TRUE(WriteFileWhole(folder.File("no"), "no key", true).ok());
  EXPECT_TRUE(ReadKey(folder.File("key")).ok());
  EXPECT_EQ(ReadKey(folder.File("open")).error().code, ErrorCode::kConfigFilePermissions);
  EXPECT_EQ(ReadKey(folder.File("no")).error().code, ErrorCode::kConfigFileUnreadable);
}

TEST(DeskKey, IsToBeRenewedAtTwoThirdsOfItsCertificatesLife) {
  const TestFacility facility;
  Wish wish = DeskWish();
  wish.from_seconds = 0;
  wish.to_seconds = 90L * 24 * 3600;
  const Validity validity = ValidityOf(facility.DeskChain(MakeRequest(MakeKey().value()).value(), wish)).value();
  EXPECT_EQ(validity.renew_at() - validity.not_before, std::chrono::hours(60 * 24));
}

}  // namespace
}  // namespace madoguchi::identity
