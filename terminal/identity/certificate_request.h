// SPDX-License-Identifier: Apache-2.0
// A request for a certificate of the desk's key (OpenSSL). Errors: CONFIG_FILE_UNREADABLE when the text is no P-256
// key, INTERNAL_ERROR when OpenSSL fails.
#pragma once
#include "contract/result.h"
#include "contract/secret_bytes.h"

namespace madoguchi::identity {

// PKCS#10 (RFC 2986), DER, subject CN=madoguchi-desk: the CA names the desk itself. Signed by `key_pem`.
Result<Bytes> MakeRequest(const SecretBytes& key_pem);

}  // namespace madoguchi::identity
