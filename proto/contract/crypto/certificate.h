// SPDX-License-Identifier: Apache-2.0
// X.509 certificates as read from a card or a file (OpenSSL). Values only; nothing of OpenSSL leaks out.
// Errors: CERTIFICATE_UNREADABLE when the bytes are no certificate of the expected shape.
#pragma once
#include <chrono>
#include <string>

#include "contract/bytes.h"
#include "contract/result.h"

namespace madoguchi::crypto {

struct CertificateFacts {
  Bytes issuer_der;  // the Name, DER
  Bytes serial;      // big-endian, without sign byte
  std::chrono::system_clock::time_point not_before, not_after;
};

Result<CertificateFacts> ReadCertificate(ByteView der);

// RSASSA-PKCS1-v1_5 with SHA-256 (RFC 8017 §8.2) over `message`, with the key of the certificate.
// False: the signature is not of this certificate's key.
Result<bool> VerifySignature(ByteView certificate_der, ByteView message, ByteView signature);

// The DER of the first certificate in a PEM text.
Result<Bytes> DerFromPem(std::string_view pem);

}  // namespace madoguchi::crypto
