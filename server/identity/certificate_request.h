// SPDX-License-Identifier: Apache-2.0
// A desk's certificate request (PKCS#10, RFC 2986). Only its key is used: name, attributes and requested extensions are
// ignored. Thread: any. Errors: CERTIFICATE_REQUEST_INVALID (no PKCS#10, bytes behind it, not P-256, not signed by its
// own key).
#pragma once
#include <cstddef>

#include "contract/result.h"
#include "server/identity/x509.h"

namespace madoguchi::identity {

inline constexpr std::size_t kCertificateRequestBytesMax = 4096;

// The public key of the request, which the sender has proved to hold.
Result<KeyHandle> ReadRequestKey(ByteView der);

}  // namespace madoguchi::identity
