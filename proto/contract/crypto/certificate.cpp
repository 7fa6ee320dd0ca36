// SPDX-License-Identifier: Apache-2.0
#include "contract/crypto/certificate.h"

#include <openssl/err.h>
#include <openssl/pem.h>

#include <ctime>

#include "contract/crypto/openssl_handles.h"

namespace madoguchi::crypto {
namespace {

Error Unreadable(const char* reason) {
  ERR_clear_error();
  return {ErrorCode::kCertificateUnreadable, reason, {}};
}

CertificateHandle Parse(ByteView der) {
  const unsigned char* cursor = der.data();
  CertificateHandle certificate(d2i_X509(nullptr, &cursor, static_cast<long>(der.size())));
  // Bytes behind the DER would let two different blobs pass as one certificate.
  if (certificate && cursor != der.data() + der.size()) certificate.reset();
  return certificate;
}

Result<std::chrono::system_clock::time_point> TimePoint(const ASN1_TIME* time) {
  std::tm broken_down{};
  if (ASN1_TIME_to_tm(time, &broken_down) != 1) return Unreadable("validity");
  return std::chrono::system_clock::from_time_t(timegm(&broken_down));
}

}  // namespace

Result<CertificateFacts> ReadCertificate(ByteView der) {
  const CertificateHandle certificate = Parse(der);
  if (!certificate) return Unreadable("no certificate");
  CertificateFacts facts;
  unsigned char* issuer = nullptr;
  const int issuer_length = i2d_X509_NAME(X509_get_issuer_name(certificate.get()), &issuer);
  if (issuer_length <= 0) return Unreadable("issuer");
  facts.issuer_der.assign(issuer, issuer + issuer_length);
  OPENSSL_free(issuer);
  const BigNumberHandle serial(ASN1_INTEGER_to_BN(X509_get0_serialNumber(certificate.get()), nullptr));
  if (!serial) return Unreadable("serial number");
  facts.serial.resize(static_cast<std::size_t>(BN_num_bytes(serial.get())));
  BN_bn2bin(serial.get(), facts.serial.data());
  TRY_ASSIGN(facts.not_before, TimePoint(X509_get0_notBefore(certificate.get())));
  TRY_ASSIGN(facts.not_after, TimePoint(X509_get0_notAfter(certificate.get())));
  return facts;
}

Result<bool> VerifySignature(ByteView certificate_der, ByteView message, ByteView signature) {
  const CertificateHandle certificate = Parse(certificate_der);
  if (!certificate) return Unreadable("no certificate");
  EVP_PKEY* const key = X509_get0_pubkey(certificate.get());
  if (key == nullptr || EVP_PKEY_base_id(key) != EVP_PKEY_RSA) return Unreadable("no RSA key");
  const DigestHandle context(EVP_MD_CTX_new());
  if (!context || EVP_DigestVerifyInit(context.get(), nullptr, EVP_sha256(), nullptr, key) != 1)
    return Unreadable("key");
  const int verified =
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size());
  ERR_clear_error();
  return verified == 1;
}

Result<Bytes> DerFromPem(std::string_view pem) {
  const BioHandle bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  const CertificateHandle certificate(bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr);
  if (!certificate) return Unreadable("no PEM certificate");
  unsigned char* der = nullptr;
  const int length = i2d_X509(certificate.get(), &der);
  if (length <= 0) return Unreadable("certificate");
  Bytes bytes(der, der + length);
  OPENSSL_free(der);
  return bytes;
}

}  // namespace madoguchi::crypto
