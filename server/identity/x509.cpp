// SPDX-License-Identifier: Apache-2.0
#include "server/identity/x509.h"

#include <arpa/inet.h>
#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/obj_mac.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509v3.h>

#include "contract/crypto/digest.h"
#include "contract/crypto/random.h"

namespace madoguchi::identity {
namespace {

using Extension = std::unique_ptr<X509_EXTENSION, OpenSslFree<X509_EXTENSION_free>>;

constexpr std::size_t kSerialBytes = 16;
constexpr std::size_t kScryptSaltBytes = 16;
constexpr std::uint64_t kScryptN = 16384, kScryptR = 8, kScryptP = 1;  // 16 MiB
constexpr long kX509Version3 = 2;
constexpr long kClockSkewSeconds = -3600;  // a desk whose clock is behind accepts a fresh certificate

std::string Content(BIO* memory) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(memory, &data);
  return length > 0 ? std::string(data, static_cast<std::size_t>(length)) : std::string();
}

bool SetSerial(X509* certificate) {
  Bytes bytes = crypto::RandomBytes(kSerialBytes);
  bytes[0] &= 0x7F;  // positive (RFC 5280 §4.1.2.2)
  bytes[0] |= 0x40;  // never shorter than 16 bytes
  const crypto::BigNumberHandle number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  return number && BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr;
}

bool SetName(X509* certificate, const std::string& common_name) {
  X509_NAME* const name = X509_get_subject_name(certificate);
  return X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                                    reinterpret_cast<const unsigned char*>(common_name.data()),
                                    static_cast<int>(common_name.size()), -1, 0) == 1;
}

bool AddExtensions(X509* certificate, X509* issuer, const CertificatePlan& plan) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  for (const auto& [nid, value] : plan.extensions) {
    const Extension extension(X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str()));
    if (!extension || X509_add_ext(certificate, extension.get(), -1) != 1) return false;
  }
  return true;
}

using NamesHandle = std::unique_ptr<GENERAL_NAMES, OpenSslFree<GENERAL_NAMES_free>>;

GENERAL_NAMES* Names(X509* certificate) {
  auto* const names =
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
  ERR_clear_error();
  return names;
}

std::string Text(const ASN1_STRING* text) {
  return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

int GivePassphrase(char* buffer, int size, int /*writing*/, void* passphrase) {
  const auto& text = *static_cast<const std::string*>(passphrase);
  if (text.size() > static_cast<std::size_t>(size)) return -1;
  text.copy(buffer, text.size());
  return static_cast<int>(text.size());
}

}  // namespace

KeyHandle NewP256Key() {
  KeyHandle key(EVP_EC_gen("P-256"));
  ERR_clear_error();
  return key;
}

bool IsP256(EVP_PKEY* key) {
  char group[64] = {};
  std::size_t length = 0;
  const bool known =
      EVP_PKEY_get_base_id(key) == EVP_PKEY_EC && EVP_PKEY_get_group_name(key, group, sizeof group, &length) == 1;
  ERR_clear_error();
  return known && std::string_view(group, length) == SN_X9_62_prime256v1;
}

CertificateHandle MakeCertificate(const CertificatePlan& plan, EVP_PKEY* subject_key, X509* issuer,
                                  EVP_PKEY* issuer_key) {
  CertificateHandle made(X509_new());
  const long seconds = static_cast<long>(std::chrono::seconds(plan.validity).count());
  const bool ok =
      made && X509_set_version(made.get(), kX509Version3) == 1 && SetSerial(made.get()) &&
      X509_gmtime_adj(X509_getm_notBefore(made.get()), kClockSkewSeconds) != nullptr &&
      X509_gmtime_adj(X509_getm_notAfter(made.get()), seconds) != nullptr && SetName(made.get(), plan.common_name) &&
      X509_set_issuer_name(made.get(), X509_get_subject_name(issuer != nullptr ? issuer : made.get())) == 1 &&
      X509_set_pubkey(made.get(), subject_key) == 1 &&
      AddExtensions(made.get(), issuer != nullptr ? issuer : made.get(), plan) &&
      X509_sign(made.get(), issuer_key, EVP_sha256()) > 0;
  if (!ok) made.reset();
  ERR_clear_error();
  return made;
}

std::string CertificatePem(X509* certificate) {
  const BioHandle memory(BIO_new(BIO_s_mem()));
  if (!memory || PEM_write_bio_X509(memory.get(), certificate) != 1) return {};
  return Content(memory.get());
}

bool SignedBy(X509* certificate, EVP_PKEY* issuer_key) {
  const bool is_signed = X509_verify(certificate, issuer_key) == 1;
  ERR_clear_error();
  return is_signed;
}

bool VerifiesEcdsa(EVP_PKEY* key, ByteView message, ByteView signature) {
  const crypto::DigestHandle context(EVP_MD_CTX_new());
  const bool verified =
      IsP256(key) && context && EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) == 1 &&
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
  ERR_clear_error();
  return verified;
}

Bytes KeySha256(EVP_PKEY* key) {
  unsigned char* der = nullptr;
  const int length = i2d_PUBKEY(key, &der);
  ERR_clear_error();
  if (length <= 0) return {};
  const crypto::Sha256Digest digest = crypto::Sha256(ByteView(der, static_cast<std::size_t>(length)));
  OPENSSL_free(der);
  return {digest.begin(), digest.end()};
}

std::vector<std::string> OnlyUris(X509* certificate) {
  const NamesHandle names(Names(certificate));
  std::vector<std::string> uris;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type != GEN_URI) return {};
    uris.push_back(Text(name->d.uniformResourceIdentifier));
  }
  return uris;
}

std::pair<std::vector<std::string>, std::vector<std::string>> DnsAndIpNames(X509* certificate) {
  const NamesHandle names(Names(certificate));
  std::pair<std::vector<std::string>, std::vector<std::string>> found;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const GENERAL_NAME* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DNS) found.first.push_back(Text(name->d.dNSName));
    if (name->type != GEN_IPADD) continue;
    const int length = ASN1_STRING_length(name->d.iPAddress);
    char text[INET6_ADDRSTRLEN] = {};
    const int family = length == 4 ? AF_INET : AF_INET6;
    if ((length == 4 || length == 16) &&
        inet_ntop(family, ASN1_STRING_get0_data(name->d.iPAddress), text, sizeof text) != nullptr) {
      found.second.emplace_back(text);
    }
  }
  return found;
}

std::string SerialHex(X509* certificate) {
  const crypto::BigNumberHandle number(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate), nullptr));
  if (!number) return {};
  Bytes bytes(static_cast<std::size_t>(BN_num_bytes(number.get())));
  BN_bn2bin(number.get(), bytes.data());
  return ToHex(bytes);
}

std::string KeyPem(EVP_PKEY* key) {
  const BioHandle memory(BIO_new(BIO_s_secmem()));
  const bool ok =
      memory && PEM_write_bio_PKCS8PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr) == 1;
  ERR_clear_error();
  return ok ? Content(memory.get()) : std::string();
}

std::string EncryptedKeyPem(EVP_PKEY* key, const std::string& passphrase) {
  Bytes salt = crypto::RandomBytes(kScryptSaltBytes);
  const std::unique_ptr<PKCS8_PRIV_KEY_INFO, OpenSslFree<PKCS8_PRIV_KEY_INFO_free>> plain(EVP_PKEY2PKCS8(key));
  X509_ALGOR* const method = PKCS5_pbe2_set_scrypt(EVP_aes_256_cbc(), salt.data(), static_cast<int>(salt.size()),
                                                   nullptr, kScryptN, kScryptR, kScryptP);
  std::unique_ptr<X509_SIG, OpenSslFree<X509_SIG_free>> sealed;
  if (plain && method != nullptr) {
    sealed.reset(PKCS8_set0_pbe(passphrase.data(), static_cast<int>(passphrase.size()), plain.get(), method));
  }
  if (!sealed) X509_ALGOR_free(method);
  const BioHandle memory(BIO_new(BIO_s_mem()));
  const bool ok = sealed && memory && PEM_write_bio_PKCS8(memory.get(), sealed.get()) == 1;
  ERR_clear_error();
  return ok ? Content(memory.get()) : std::string();
}

KeyHandle KeyFromPem(const std::string& pem, const std::string& passphrase) {
  const BioHandle memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  KeyHandle key;
  if (memory) {
    key.reset(PEM_read_bio_PrivateKey(memory.get(), nullptr, GivePassphrase, const_cast<std::string*>(&passphrase)));
  }
  ERR_clear_error();
  return key;
}

CertificateHandle CertificateFromPem(const std::string& pem) {
  const BioHandle memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  CertificateHandle certificate(memory ? PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr) : nullptr);
  ERR_clear_error();
  return certificate;
}

}  // namespace madoguchi::identity
