// SPDX-License-Identifier: Apache-2.0
// Certificate requests for tests: honest ones and crooked ones.
#pragma once
#include <string>

#include "contract/bytes.h"

namespace madoguchi::identity {

struct TestRequest {
  Bytes der;            // PKCS#10
  std::string key_pem;  // PKCS#8
};

enum class RequestKey { kP256, kP384, kRsa2048 };

// wants_ca: the request asks for basicConstraints CA:TRUE and for another desk's URI.
TestRequest MakeRequest(RequestKey kind = RequestKey::kP256, bool wants_ca = false);
// The key of one request, signed with the key of another.
Bytes RequestSignedByAnotherKey();
// ECDSA with SHA-256, DER.
Bytes SignWith(const std::string& key_pem, ByteView message);

}  // namespace madoguchi::identity
