// SPDX-License-Identifier: Apache-2.0
// A new P-256 key and a request for its certificate (OpenSSL). Errors: INTERNAL_ERROR when OpenSSL fails.
#pragma once
#include <string>

#include "contract/result.h"
#include "contract/secret_bytes.h"

namespace madoguchi::identity {

inline constexpr std::size_t kKeyPemBytesMax = 1024;  // a P-256 key in PKCS#8 PEM has about 240

struct KeyAndRequest {
  SecretBytes key_pem;  // PKCS#8, unencrypted: protected by the file mode 0600
  Bytes request_der;    // PKCS#10 (RFC 2986), subject CN=madoguchi-desk; the CA names the desk itself
};

Result<KeyAndRequest> MakeKeyAndRequest();

}  // namespace madoguchi::identity
