// SPDX-License-Identifier: Apache-2.0
#include "tests/proto/contract/crypto/test_certificates.h"

#include <openssl/bn.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <cstdlib>

namespace madoguchi::crypto {
namespace {

void Must(bool done) {
  if (!done) std::abort();
}

void SetName(X509_NAME* name, const std::string& common_name) {
  const auto add = [name](const char* field, const std::string& text) {
    Must(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.data()),
                                    static_cast<int>(text.size()), -1, 0) == 1);
  };
  add("C", "JP");
  add("CN", common_name);
}

void AddExtension(X509* certificate, int nid, const std::string& value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, certificate, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value.c_str());
  Must(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

template <class Write>
std::string Pem(Write write) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> bio(BIO_new(BIO_s_mem()), &BIO_free);
  Must(write(bio.get()) == 1);
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

}  // namespace

TestKey MakeRsaKey() {
  return {EVP_RSA_gen(2048), &EVP_PKEY_free};
}

TestKey MakeEcKey() {
  return {EVP_EC_gen("P-256"), &EVP_PKEY_free};
}

X509Pointer MakeCertificate(const TestCertificate& wanted, const TestKey& key, const TestKey& issuer_key) {
  X509Pointer certificate(X509_new(), &X509_free);
  Must(X509_set_version(certificate.get(), 2) == 1);
  BIGNUM* serial = nullptr;
  Must(BN_hex2bn(&serial, wanted.serial.c_str()) != 0);
  Must(BN_to_ASN1_INTEGER(serial, X509_get_serialNumber(certificate.get())) != nullptr);
  BN_free(serial);
  SetName(X509_get_subject_name(certificate.get()), wanted.subject);
  SetName(X509_get_issuer_name(certificate.get()), wanted.issuer);
  Must(ASN1_TIME_set(X509_getm_notBefore(certificate.get()), wanted.not_before) != nullptr);
  Must(ASN1_TIME_set(X509_getm_notAfter(certificate.get()), wanted.not_after) != nullptr);
  Must(X509_set_pubkey(certificate.get(), key.get()) == 1);
  if (wanted.authority) AddExtension(certificate.get(), NID_basic_constraints, "critical,CA:TRUE");
  if (!wanted.dns_name.empty()) AddExtension(certificate.get(), NID_subject_alt_name, "DNS:" + wanted.dns_name);
  Must(X509_sign(certificate.get(), issuer_key.get(), EVP_sha256()) > 0);
  return certificate;
}

Bytes DerOf(const X509Pointer& certificate) {
  unsigned char* der = nullptr;
  const int length = i2d_X509(certificate.get(), &der);
  Must(length > 0);
  Bytes bytes(der, der + length);
  OPENSSL_free(der);
  return bytes;
}

std::string PemOf(const X509Pointer& certificate) {
  return Pem([&](BIO* bio) { return PEM_write_bio_X509(bio, certificate.get()); });
}

std::string PemOf(const TestKey& key) {
  return Pem([&](BIO* bio) { return PEM_write_bio_PrivateKey(bio, key.get(), nullptr, nullptr, 0, nullptr, nullptr); });
}

Bytes Sign(const TestKey& key, ByteView message) {
  const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  Must(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get()) == 1);
  std::size_t length = 0;
  Must(EVP_DigestSign(context.get(), nullptr, &length, message.data(), message.size()) == 1);
  Bytes signature(length);
  Must(EVP_DigestSign(context.get(), signature.data(), &length, message.data(), message.size()) == 1);
  signature.resize(length);
  return signature;
}

}  // namespace madoguchi::crypto
