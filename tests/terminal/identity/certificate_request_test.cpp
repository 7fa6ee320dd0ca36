// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/certificate_request.h"

#include <gtest/gtest.h>
#include <openssl/x509.h>

namespace madoguchi::identity {
namespace {

TEST(CertificateRequest, IsSignedByTheNewP256KeyItAsksFor) {
  const Result<KeyAndRequest> made = MakeKeyAndRequest();
  ASSERT_TRUE(made.ok());
  EXPECT_EQ(AsText(made->key_pem.view()).substr(0, 27), "-----BEGIN PRIVATE KEY-----");
  const unsigned char* der = made->request_der.data();
  X509_REQ* request = d2i_X509_REQ(nullptr, &der, static_cast<long>(made->request_der.size()));
  ASSERT_NE(request, nullptr);
  EVP_PKEY* key = X509_REQ_get0_pubkey(request);
  EXPECT_EQ(EVP_PKEY_get_bits(key), 256);
  EXPECT_EQ(X509_REQ_verify(request, key), 1);
  X509_REQ_free(request);
}

TEST(CertificateRequest, MakesAnotherKeyEachTime) {
  const Result<KeyAndRequest> one = MakeKeyAndRequest(), other = MakeKeyAndRequest();
  ASSERT_TRUE(one.ok() && other.ok());
  EXPECT_NE(AsText(one->key_pem.view()), AsText(other->key_pem.view()));
}

}  // namespace
}  // namespace madoguchi::identity
