// SPDX-License-Identifier: Apache-2.0
// Building blocks of the facility CA over OpenSSL: P-256 keys, certificates (RFC 5280). Internal to this
// module. Every function that can fail inside OpenSSL returns an empty handle and leaves no error behind in its queue.
#pragma once
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "contract/bytes.h"
#include "contract/crypto/openssl_handles.h"

namespace madoguchi::identity {

using crypto::BioHandle;
using crypto::CertificateHandle;
using crypto::KeyHandle;
using crypto::OpenSslFree;
using crypto::RequestHandle;

struct CertificatePlan {
  std::string common_name;
  std::chrono::hours validity;
  std::vector<std::pair<int, std::string>> extensions;  // NID and value as in x509v3_config(5)
};

KeyHandle NewP256Key();
bool IsP256(EVP_PKEY* key);
// Signed by issuer_key in the name of `issuer`; issuer == nullptr: self-signed. The serial is 127 random bits.
CertificateHandle MakeCertificate(const CertificatePlan& plan, EVP_PKEY* subject_key, X509* issuer,
                                  EVP_PKEY* issuer_key);
std::string CertificatePem(X509* certificate);
bool SignedBy(X509* certificate, EVP_PKEY* issuer_key);
// ECDSA with SHA-256, the signature in DER, by this P-256 key over `message`.
bool VerifiesEcdsa(EVP_PKEY* key, ByteView message, ByteView signature);
// SHA-256 of the SubjectPublicKeyInfo, 32 bytes: names a key. Empty when OpenSSL fails.
Bytes KeySha256(EVP_PKEY* key);
// The URI names among the subject's alternative names; empty when there are others beside them.
std::vector<std::string> OnlyUris(X509* certificate);
// The DNS names and IP addresses (text) among the subject's alternative names.
std::pair<std::vector<std::string>, std::vector<std::string>> DnsAndIpNames(X509* certificate);
std::string SerialHex(X509* certificate);
// PKCS#8 PEM, not encrypted. Empty when OpenSSL fails.
std::string KeyPem(EVP_PKEY* key);
// PKCS#8 PEM, encrypted with AES-256-CBC under a key that scrypt (RFC 7914, N = 16384, r = 8, p = 1) makes from the
// passphrase: whoever finds the file needs long for each guess. Empty when OpenSSL fails.
std::string EncryptedKeyPem(EVP_PKEY* key, const std::string& passphrase);
KeyHandle KeyFromPem(const std::string& pem, const std::string& passphrase);
CertificateHandle CertificateFromPem(const std::string& pem);

}  // namespace madoguchi::identity
