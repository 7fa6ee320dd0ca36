// SPDX-License-Identifier: Apache-2.0
#include "contract/crypto/certificate.h"

#include <gtest/gtest.h>

#include "tests/proto/contract/crypto/test_certificates.h"

namespace madoguchi::crypto {
namespace {

// RSA keys are slow to make: one pair for all tests.
const TestKey& CardKey() {
  static const TestKey key = MakeRsaKey();
  return key;
}
const TestKey& OtherKey() {
  static const TestKey key = MakeRsaKey();
  return key;
}

Bytes CardCertificate(const TestCertificate& wanted = {}) {
  return DerOf(MakeCertificate(wanted, CardKey(), OtherKey()));
}

void ExpectUnreadable(ByteView der) {
  const auto facts = ReadCertificate(der);
  ASSERT_FALSE(facts.ok());
  EXPECT_EQ(facts.error().code, ErrorCode::kCertificateUnreadable);
  EXPECT_EQ(VerifySignature(der, AsBytes("m"), Bytes(256)).error().code, ErrorCode::kCertificateUnreadable);
}

TEST(Certificate, TellsSerialIssuerAndValidity) {
  const auto facts =
      ReadCertificate(CardCertificate({.serial = "06D18006A1", .not_before = 1761523200, .not_after = 1897743599}));
  ASSERT_TRUE(facts.ok());
  EXPECT_EQ(ToHex(facts->serial), "06d18006a1");
  EXPECT_EQ(std::chrono::system_clock::to_time_t(facts->not_before), 1761523200);
  EXPECT_EQ(std::chrono::system_clock::to_time_t(facts->not_after), 1897743599);
  EXPECT_EQ(ToHex(facts->issuer_der), "301f310b3009060355040613024a503110300e06035504030c0754455354204341");
}

TEST(Certificate, TellsASerialWithoutItsSignByte) {
  EXPECT_EQ(ToHex(ReadCertificate(CardCertificate({.serial = "FF01"}))->serial), "ff01");
}

TEST(Certificate, TellsAValidityBeyondTheTwoDigitYears) {
  const auto facts = ReadCertificate(CardCertificate({.not_after = 2556144000}));  // 2051: GeneralizedTime
  EXPECT_EQ(std::chrono::system_clock::to_time_t(facts->not_after), 2556144000);
}

TEST(Certificate, IsRefusedWithBytesBehindIt) {
  Bytes der = CardCertificate();
  der.push_back(0x00);
  ExpectUnreadable(der);
}

TEST(Certificate, IsRefusedWhenItIsCutOffAnywhere) {
  const Bytes der = CardCertificate();
  for (std::size_t size = 0; size < der.size(); size += 7) ExpectUnreadable(ByteView(der).first(size));
}

TEST(Certificate, IsRefusedWhenItIsNone) {
  ExpectUnreadable({});
  ExpectUnreadable(Bytes(100, 0xFF));
  ExpectUnreadable(AsBytes("-----BEGIN CERTIFICATE-----"));
}

TEST(Signature, IsTrueForTheKeyOfTheCertificate) {
  EXPECT_TRUE(*VerifySignature(CardCertificate(), AsBytes("message"), Sign(CardKey(), AsBytes("message"))));
}

TEST(Signature, IsFalseForAnotherKey) {
  EXPECT_FALSE(*VerifySignature(CardCertificate(), AsBytes("message"), Sign(OtherKey(), AsBytes("message"))));
}

TEST(Signature, IsFalseForAnotherMessage) {
  EXPECT_FALSE(*VerifySignature(CardCertificate(), AsBytes("massage"), Sign(CardKey(), AsBytes("message"))));
}

TEST(Signature, IsFalseWhenItIsChangedShortenedOrMissing) {
  Bytes changed = Sign(CardKey(), AsBytes("message"));
  changed[100] ^= 1;
  EXPECT_FALSE(*VerifySignature(CardCertificate(), AsBytes("message"), changed));
  changed[100] ^= 1;
  changed.pop_back();
  EXPECT_FALSE(*VerifySignature(CardCertificate(), AsBytes("message"), changed));
  EXPECT_FALSE(*VerifySignature(CardCertificate(), AsBytes("message"), {}));
}

TEST(Signature, NeedsAnRsaKeyInTheCertificate) {
  const TestKey key = MakeEcKey();
  const Bytes der = DerOf(MakeCertificate({}, key, key));
  const auto refused = VerifySignature(der, AsBytes("message"), Sign(key, AsBytes("message")));
  ASSERT_FALSE(refused.ok());
  EXPECT_EQ(refused.error().code, ErrorCode::kCertificateUnreadable);
}

TEST(DerFromPem, TakesTheFirstCertificateOfAChain) {
  const X509Pointer leaf = MakeCertificate({}, CardKey(), OtherKey());
  const X509Pointer authority = MakeCertificate({.subject = "TEST CA"}, OtherKey(), OtherKey());
  EXPECT_EQ(*DerFromPem(PemOf(leaf) + PemOf(authority)), DerOf(leaf));
}

TEST(DerFromPem, RefusesATextWithoutCertificate) {
  for (const std::string& text : {std::string(), std::string("hello"), PemOf(MakeEcKey())})
    EXPECT_EQ(DerFromPem(text).error().code, ErrorCode::kCertificateUnreadable);
}

}  // namespace
}  // namespace madoguchi::crypto
