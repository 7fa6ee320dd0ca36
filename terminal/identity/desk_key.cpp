// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/desk_key.h"

#include <openssl/ec.h>
#include <openssl/pem.h>

#include "contract/crypto/certificate.h"
#include "contract/files.h"
#include "terminal/identity/openssl_handles.h"

namespace madoguchi::identity {
namespace {

constexpr int kP256Bits = 256;

Result<SecretBytes> ToPem(EVP_PKEY* key) {
  // Secure-heap BIO: its memory is wiped when it is freed.
  const BioHandle bio(BIO_new(BIO_s_secmem()));
  if (!bio || PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return OpenSslFailed("write key");
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &text);
  TRY_ASSIGN(SecretBytes pem, SecretBytes::Make(kKeyPemBytesMax));
  if (length <= 0 || !pem.Append(AsBytes({text, static_cast<std::size_t>(length)}))) return OpenSslFailed("key text");
  return pem;
}

Result<KeyHandle> FromPem(const SecretBytes& key_pem) {
  const BioHandle bio(BIO_new_mem_buf(key_pem.view().data(), static_cast<int>(key_pem.size())));
  KeyHandle key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr) : nullptr);
  if (!key || EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_EC || EVP_PKEY_get_bits(key.get()) != kP256Bits)
    return Error{ErrorCode::kConfigFileUnreadable, "no P-256 key", {}};
  return key;
}

}  // namespace

Result<SecretBytes> MakeKey() {
  const KeyHandle key(EVP_EC_gen("P-256"));
  if (!key) return OpenSslFailed("make key");
  return ToPem(key.get());
}

Result<SecretBytes> ReadKey(const std::string& file) {
  TRY_ASSIGN(std::string text, ReadPrivateFile(file, kKeyPemBytesMax));
  Result<SecretBytes> pem = SecretBytes::Make(kKeyPemBytesMax);
  const bool whole = pem.ok() && pem->Append(AsBytes(text));
  Wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  if (!pem) return std::move(pem).error();
  if (!whole) return Error{ErrorCode::kConfigFileUnreadable, file, {}};
  TRY_VOID(FromPem(*pem));
  return pem;
}

Result<Bytes> Sign(const SecretBytes& key_pem, ByteView message) {
  TRY_ASSIGN(const KeyHandle key, FromPem(key_pem));
  const DigestHandle digest(EVP_MD_CTX_new());
  std::size_t length = 0;
  if (!digest || EVP_DigestSignInit(digest.get(), nullptr, EVP_sha256(), nullptr, key.get()) != 1 ||
      EVP_DigestSign(digest.get(), nullptr, &length, message.data(), message.size()) != 1)
    return OpenSslFailed("sign");
  Bytes signature(length);
  if (EVP_DigestSign(digest.get(), signature.data(), &length, message.data(), message.size()) != 1)
    return OpenSslFailed("sign");
  signature.resize(length);
  return signature;
}

Result<crypto::Sha256Digest> KeyFingerprint(const SecretBytes& key_pem) {
  TRY_ASSIGN(const KeyHandle key, FromPem(key_pem));
  const int length = i2d_PUBKEY(key.get(), nullptr);
  if (length <= 0) return OpenSslFailed("write public key");
  Bytes der(static_cast<std::size_t>(length));
  unsigned char* out = der.data();
  i2d_PUBKEY(key.get(), &out);
  return crypto::Sha256(der);
}

Result<bool> CertificateIsForKey(const std::string& certificate_pem, const SecretBytes& key_pem) {
  if (certificate_pem.size() > kCertificatePemBytesMax)
    return Error{ErrorCode::kServerMessageInvalid, "certificate too long", {}};
  TRY_ASSIGN(const KeyHandle key, FromPem(key_pem));
  const BioHandle bio(BIO_new_mem_buf(certificate_pem.data(), static_cast<int>(certificate_pem.size())));
  const CertificateHandle leaf(bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr);
  if (!leaf) return Error{ErrorCode::kServerMessageInvalid, "no certificate", {}};
  return X509_check_private_key(leaf.get(), key.get()) == 1;
}

Result<Validity> ValidityOf(const std::string& certificate_pem) {
  const Result<Bytes> der = crypto::DerFromPem(certificate_pem);
  if (!der) return Error{ErrorCode::kServerMessageInvalid, "no certificate", {}};
  const Result<crypto::CertificateFacts> facts = crypto::ReadCertificate(*der);
  if (!facts) return Error{ErrorCode::kServerMessageInvalid, "no certificate", {}};
  return Validity{facts->not_before, facts->not_after};
}

}  // namespace madoguchi::identity
