// SPDX-License-Identifier: Apache-2.0
#include "server/identity/certificate_request.h"

#include <gtest/gtest.h>

#include "tests/server/identity/test_request.h"

namespace madoguchi::identity {
namespace {

ErrorCode Refusal(const Bytes& der) {
  const auto key = ReadRequestKey(der);
  return key ? ErrorCode::kInternalError : key.error().code;
}

TEST(CertificateRequest, GivesTheKeyItsSenderHolds) {
  EXPECT_TRUE(ReadRequestKey(MakeRequest().der).ok());
}

TEST(CertificateRequest, IsRefusedWithAnyOtherKindOfKey) {
  EXPECT_EQ(Refusal(MakeRequest(RequestKey::kP384).der), ErrorCode::kCertificateRequestInvalid);
  EXPECT_EQ(Refusal(MakeRequest(RequestKey::kRsa2048).der), ErrorCode::kCertificateRequestInvalid);
}

TEST(CertificateRequest, IsRefusedWhenSignedByAnotherKey) {
  EXPECT_EQ(Refusal(RequestSignedByAnotherKey()), ErrorCode::kCertificateRequestInvalid);
}

TEST(CertificateRequest, IsRefusedWhenCutShortOrLongerThanItself) {
  Bytes der = MakeRequest().der;
  der.push_back(0);
  EXPECT_EQ(Refusal(der), ErrorCode::kCertificateRequestInvalid);
  der.resize(der.size() - 3);
  EXPECT_EQ(Refusal(der), ErrorCode::kCertificateRequestInvalid);
  EXPECT_EQ(Refusal({}), ErrorCode::kCertificateRequestInvalid);
}

TEST(CertificateRequest, IsRefusedAboveItsLimit) {
  EXPECT_EQ(Refusal(Bytes(kCertificateRequestBytesMax + 1, 0x30)), ErrorCode::kCertificateRequestInvalid);
}

}  // namespace
}  // namespace madoguchi::identity
