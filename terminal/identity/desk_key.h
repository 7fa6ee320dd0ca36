// SPDX-License-Identifier: Apache-2.0
// The desk's own P-256 key (OpenSSL): made here, never sent, and what is done with it. Keys are PKCS#8 PEM in locked
// memory; on disk the file mode 0600 protects them. Errors: CONFIG_FILE_UNREADABLE when a text is no P-256 key,
// SERVER_MESSAGE_INVALID when it is no certificate, INTERNAL_ERROR when OpenSSL fails.
#pragma once
#include <chrono>
#include <string>

#include "contract/crypto/digest.h"
#include "contract/result.h"
#include "contract/secret_bytes.h"

namespace madoguchi::identity {

inline constexpr std::size_t kKeyPemBytesMax = 1024;               // a P-256 key in PKCS#8 PEM has about 240
inline constexpr std::size_t kCertificatePemBytesMax = 32 * 1024;  // a leaf and its root have about 2 000

Result<SecretBytes> MakeKey();
// From a file of mode 0600. CONFIG_FILE_… as read.
Result<SecretBytes> ReadKey(const std::string& file);

// ECDSA with SHA-256 over `message`, DER (RFC 3279 §2.2.3).
Result<Bytes> Sign(const SecretBytes& key_pem, ByteView message);
// SHA-256 of the public key (SubjectPublicKeyInfo, DER): what two people compare by telephone.
Result<crypto::Sha256Digest> KeyFingerprint(const SecretBytes& key_pem);
// The first certificate of `certificate_pem` is for this key.
Result<bool> CertificateIsForKey(const std::string& certificate_pem, const SecretBytes& key_pem);

struct Validity {
  std::chrono::system_clock::time_point not_before, not_after;
  // Two thirds of its life are over: time for the next one.
  std::chrono::system_clock::time_point renew_at() const { return not_before + (not_after - not_before) / 3 * 2; }
};
Result<Validity> ValidityOf(const std::string& certificate_pem);

}  // namespace madoguchi::identity
