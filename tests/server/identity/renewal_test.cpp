// SPDX-License-Identifier: Apache-2.0
#include "server/identity/renewal.h"

#include <gtest/gtest.h>
#include <openssl/pem.h>

#include "contract/crypto/certificate.h"
#include "contract/crypto/digest.h"
#include "contract/crypto/random.h"
#include "server/identity/x509.h"
#include "tests/proto/contract/test_folder.h"
#include "tests/server/identity/few_certificates.h"
#include "tests/server/identity/test_request.h"

namespace madoguchi::identity {
namespace {

constexpr const char* kPassphrase = "correct horse battery";
constexpr const char* kDeskId = "11111111-2222-4333-8444-555555555555";

Deadline Soon() {
  return Deadline::In(std::chrono::seconds(10));
}

// What a desk signs to prove its old key: written from the proto's words, not from the code it tests.
Bytes Proof(const std::string& key_pem, const Bytes& request_der, const std::string& context = "madoguchi.renewal.v1") {
  const KeyHandle key = KeyFromPem(key_pem, "");
  Bytes message(context.begin(), context.end());
  message.push_back(0);
  const auto digest = crypto::Sha256(request_der);
  message.insert(message.end(), digest.begin(), digest.end());
  const std::unique_ptr<EVP_MD_CTX, OpenSslFree<EVP_MD_CTX_free>> signing(EVP_MD_CTX_new());
  std::size_t length = 128;
  Bytes signature(length);
  EVP_DigestSignInit(signing.get(), nullptr, EVP_sha256(), nullptr, key.get());
  EXPECT_EQ(EVP_DigestSign(signing.get(), signature.data(), &length, message.data(), message.size()), 1);
  signature.resize(length);
  return signature;
}

class RenewalTest : public testing::Test {
 protected:
  RenewalTest() {
    EXPECT_TRUE(FacilityCa::Create(directory_, kPassphrase, {{"localhost"}, {}}).ok());
    ca_ = FacilityCa::Load(directory_, kPassphrase).value();
    old_ = MakeRequest();
    old_pem_ = ca_->IssueDesk(old_.der, kDeskId)->certificate_pem;
  }
  ErrorCode Late(const std::string& pem, const Bytes& request, const Bytes& signature) {
    const auto renewed = Renewal(*ca_, book_).RenewLate(pem, request, signature, proved_, Soon());
    return renewed ? ErrorCode::kInternalError : renewed.error().code;
  }

  TestFolder folder_;
  const std::string directory_ = folder_.File("identity");
  std::unique_ptr<FacilityCa> ca_;
  FewCertificates book_;
  TestRequest old_, new_ = MakeRequest();
  std::string old_pem_;
  bool proved_ = false;
};

TEST_F(RenewalTest, GivesADeskACertificateForItsNewKeyAndEntersIt) {
  const Bytes old(32, 7);
  const auto pem = Renewal(*ca_, book_).Renew(kDeskId, old, new_.der, Soon());
  ASSERT_TRUE(pem.ok());
  const CertificateHandle leaf = CertificateFromPem(*pem);
  EXPECT_EQ(OnlyUris(leaf.get()), std::vector<std::string>{"urn:madoguchi:desk:" + std::string(kDeskId)});
  EXPECT_EQ(X509_check_private_key(leaf.get(), KeyFromPem(new_.key_pem, "").get()), 1);
  ASSERT_EQ(book_.entered.size(), 1U);
  const auto digest = crypto::Sha256(*crypto::DerFromPem(*pem));
  EXPECT_EQ(book_.entered[0].certificate_sha256, Bytes(digest.begin(), digest.end()));
  EXPECT_EQ(book_.replaced, old);
}

TEST_F(RenewalTest, GivesNothingThatIsNotInTheBook) {
  book_.refusal = ErrorCode::kCertificateNotAccepted;
  EXPECT_EQ(Renewal(*ca_, book_).Renew(kDeskId, Bytes(32, 7), new_.der, Soon()).error().code,
            ErrorCode::kCertificateNotAccepted);
}

TEST_F(RenewalTest, OfADeskThatWasOffWaitsForAnAdministratorThenGivesTheSameCertificateEachTime) {
  const Bytes proof = Proof(old_.key_pem, new_.der);
  EXPECT_EQ(Late(old_pem_, new_.der, proof), ErrorCode::kRenewalNotApproved);
  EXPECT_TRUE(proved_);
  ASSERT_EQ(book_.asked.size(), 1U);
  EXPECT_EQ(book_.asked[0].desk_id, kDeskId);
  EXPECT_EQ(book_.asked[0].key_sha256, KeySha256(KeyFromPem(new_.key_pem, "").get()));
  book_.late.approved = true;
  const auto pem = Renewal(*ca_, book_).RenewLate(old_pem_, new_.der, proof, proved_, Soon());
  ASSERT_TRUE(pem.ok());
  EXPECT_EQ(X509_check_private_key(CertificateFromPem(*pem).get(), KeyFromPem(new_.key_pem, "").get()), 1);
  book_.late.certificate_pem = "the one that was issued";
  EXPECT_EQ(*Renewal(*ca_, book_).RenewLate(old_pem_, new_.der, proof, proved_, Soon()), "the one that was issued");
}

TEST_F(RenewalTest, OfADeskThatWasOffNeedsTheProofByTheOldKeyForThisRequest) {
  const TestRequest other = MakeRequest();
  EXPECT_EQ(Late(old_pem_, new_.der, Proof(other.key_pem, new_.der)), ErrorCode::kRenewalRefused);
  EXPECT_EQ(Late(old_pem_, new_.der, Proof(old_.key_pem, other.der)), ErrorCode::kRenewalRefused);
  EXPECT_EQ(Late(old_pem_, new_.der, Proof(old_.key_pem, new_.der, "madoguchi.activation.v1")),
            ErrorCode::kRenewalRefused);
  EXPECT_EQ(Late(old_pem_, new_.der, {}), ErrorCode::kRenewalRefused);
  EXPECT_FALSE(proved_);
  EXPECT_TRUE(book_.asked.empty());
}

TEST_F(RenewalTest, OfADeskThatWasOffNeedsADeskCertificateOfThisFacility) {
  const std::string other = folder_.File("other");
  ASSERT_TRUE(FacilityCa::Create(other, kPassphrase, {{"localhost"}, {}}).ok());
  const auto stranger = FacilityCa::Load(other, kPassphrase).value()->IssueDesk(old_.der, kDeskId);
  EXPECT_EQ(Late(stranger->certificate_pem, new_.der, Proof(old_.key_pem, new_.der)), ErrorCode::kRenewalRefused);
  const auto console = ca_->IssueConsole(UuidText(crypto::NewUuid()));
  EXPECT_EQ(Late(console->issued.certificate_pem, new_.der, Proof(console->key_pem, new_.der)),
            ErrorCode::kRenewalRefused);
  EXPECT_EQ(Late("no certificate", new_.der, Proof(old_.key_pem, new_.der)), ErrorCode::kRenewalRefused);
  EXPECT_EQ(Late(old_pem_ + std::string(kCertificatePemBytesMax, ' '), new_.der, Proof(old_.key_pem, new_.der)),
            ErrorCode::kRenewalRefused);
  EXPECT_TRUE(book_.asked.empty());
}

TEST(IsRenewalDue, AtTwoThirdsOfALife) {
  const TestFolder folder;
  ASSERT_TRUE(FacilityCa::Create(folder.File("identity"), kPassphrase, {{"localhost"}, {}}).ok());
  const auto ca = FacilityCa::Load(folder.File("identity"), kPassphrase);
  const std::string pem = (*ca)->IssueDesk(MakeRequest().der, kDeskId)->certificate_pem;
  const auto now = std::chrono::system_clock::now();
  EXPECT_FALSE(IsRenewalDue(pem, now));
  EXPECT_FALSE(IsRenewalDue(pem, now + std::chrono::hours(24 * 59)));
  EXPECT_TRUE(IsRenewalDue(pem, now + std::chrono::hours(24 * 60)));
  EXPECT_TRUE(IsRenewalDue(pem, now - std::chrono::hours(2)));  // it was made by a clock that was ahead
  EXPECT_TRUE(IsRenewalDue("no certificate", now));
}

}  // namespace
}  // namespace madoguchi::identity
