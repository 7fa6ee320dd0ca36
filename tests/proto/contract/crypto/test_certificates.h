// SPDX-License-Identifier: Apache-2.0
// Keys and certificates made on the spot for tests. Failures inside OpenSSL abort: the test cannot say anything then.
#pragma once
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <ctime>
#include <memory>
#include <string>

#include "contract/bytes.h"

namespace madoguchi::crypto {

using TestKey = std::shared_ptr<EVP_PKEY>;

TestKey MakeRsaKey();  // 2048 bits
TestKey MakeEcKey();   // P-256

struct TestCertificate {
  std::string subject = "TEST 0001", issuer = "TEST CA";  // CN, below C=JP
  std::string serial = "01";                              // hex
  std::time_t not_before = 1750000000, not_after = 1900000000;
  std::string dns_name = {};  // SAN, none when empty
  bool authority = false;
};

using X509Pointer = std::unique_ptr<X509, decltype(&X509_free)>;

// Signed with SHA-256 by `issuer_key`.
X509Pointer MakeCertificate(const TestCertificate& wanted, const TestKey& key, const TestKey& issuer_key);
Bytes DerOf(const X509Pointer& certificate);
std::string PemOf(const X509Pointer& certificate);
std::string PemOf(const TestKey& key);  // PKCS#8, not encrypted

// RSASSA-PKCS1-v1_5 or ECDSA, with SHA-256.
Bytes Sign(const TestKey& key, ByteView message);

}  // namespace madoguchi::crypto
