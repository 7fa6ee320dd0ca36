// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/certificate_request.h"

#include <gtest/gtest.h>

#include "terminal/identity/desk_key.h"
#include "terminal/identity/openssl_handles.h"

namespace madoguchi::identity {
namespace {

TEST(CertificateRequest, IsSignedByTheP256KeyItAsksFor) {
  const SecretBytes key_pem = MakeKey().value();
  const Bytes made = MakeRequest(key_pem).value();
  const unsigned char* der = made.data();
  const RequestHandle request(d2i_X509_REQ(nullptr, &der, static_cast<long>(made.size())));
  ASSERT_TRUE(request);
  EVP_PKEY* key = X509_REQ_get0_pubkey(request.get());
  EXPECT_EQ(EVP_PKEY_get_bits(key), 256);
  EXPECT_EQ(X509_REQ_verify(request.get(), key), 1);
}

}  // namespace
}  // namespace madoguchi::identity
