// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/card/test_pki.h"

#include <openssl/conf.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509v3.h>

#include <array>
#include <cstdio>
#include <cstdlib>

namespace madoguchi::simulators {
namespace {

constexpr std::chrono::hours kDay{24};
constexpr int kCaAgeDays = 365;
constexpr int kCaLifeDays = 3650;
constexpr int kCrlLifeDays = 30;

// Extensions by section, in OpenSSL's configuration syntax (x509v3_config). Policy numbers and critical marks:
// reference/jpki-card.md §5. The CRL address of real certificates is not confirmed by a public source; a directory name
// is.
constexpr char kExtensions[] = R"(
[ca]
subjectKeyIdentifier = hash
keyUsage = critical, keyCertSign, cRLSign
basicConstraints = critical, CA:TRUE
subjectAltName = dirName:service
crlDistributionPoints = crl_place

[user_authentication]
authorityKeyIdentifier = keyid:always
subjectKeyIdentifier = hash
keyUsage = critical, digitalSignature
certificatePolicies = critical, @user_authentication_policy
issuerAltName = dirName:service
crlDistributionPoints = crl_place

[signature]
authorityKeyIdentifier = keyid:always
subjectKeyIdentifier = hash
keyUsage = critical, digitalSignature, nonRepudiation
certificatePolicies = critical, @signature_policy
subjectAltName = @fictitious_holder
issuerAltName = dirName:service
crlDistributionPoints = crl_place

[crl]
authorityKeyIdentifier = keyid:always

[service]
C = JP
O = Simulated certification service for tests - not JPKI

[crl_place]
fullname = dirName:crl_directory

[crl_directory]
C = JP
O = JPKI-SIMULATOR
OU = CRL Distribution Points
CN = Simulated CRL - for tests only

[user_authentication_policy]
policyIdentifier = 1.2.392.200149.8.5.1.3.30
CPS.1 = "http://simulator.invalid/certification-practice-statement.html"
userNotice.1 = @notice

[signature_policy]
policyIdentifier = 1.2.392.200149.8.5.1.1.20
CPS.1 = "http://simulator.invalid/certification-practice-statement.html"
userNotice.1 = @notice

[notice]
explicitText = "UTF8:This certificate was made by a simulator of the Madoguchi project. It identifies nobody."

[fictitious_holder]
otherName.1 = 1.2.392.200149.8.5.5.1;FORMAT:UTF8,UTF8:模擬　窓口
otherName.2 = 1.2.392.200149.8.5.5.3;FORMAT:UTF8,UTF8:3
otherName.3 = 1.2.392.200149.8.5.5.4;FORMAT:UTF8,UTF8:519010101
otherName.4 = 1.2.392.200149.8.5.5.5;FORMAT:UTF8,UTF8:模擬県架空市窓口町一丁目１番１号
)";

void Require(bool done, const char* what) {
  if (done) return;
  std::fprintf(stderr, "simulated card: OpenSSL cannot %s\n", what);
  ERR_print_errors_fp(stderr);
  std::abort();
}

template <class T, void (*Free)(T*)>
struct Freer {
  void operator()(T* object) const { Free(object); }
};
using Certificate = std::unique_ptr<X509, Freer<X509, X509_free>>;
using Crl = std::unique_ptr<X509_CRL, Freer<X509_CRL, X509_CRL_free>>;
using Revoked = std::unique_ptr<X509_REVOKED, Freer<X509_REVOKED, X509_REVOKED_free>>;
using Integer = std::unique_ptr<ASN1_INTEGER, Freer<ASN1_INTEGER, ASN1_INTEGER_free>>;
using TimeField = std::unique_ptr<ASN1_TIME, Freer<ASN1_TIME, ASN1_TIME_free>>;
using Number = std::unique_ptr<BIGNUM, Freer<BIGNUM, BN_free>>;
using Text = std::unique_ptr<BIO, Freer<BIO, BIO_free_all>>;
using Configuration = std::unique_ptr<CONF, Freer<CONF, NCONF_free>>;

Text Reading(std::string_view text) {
  Text bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  Require(bio != nullptr, "allocate");
  return bio;
}

std::string Written(const Text& bio) {
  char* data = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &data);
  return {data, static_cast<std::size_t>(length)};
}

Configuration Extensions() {
  Configuration configuration(NCONF_new(nullptr));
  long line = 0;
  Require(NCONF_load_bio(configuration.get(), Reading(kExtensions).get(), &line) == 1, "read the extensions");
  return configuration;
}

Certificate Parse(ByteView der) {
  const unsigned char* data = der.data();
  Certificate certificate(d2i_X509(nullptr, &data, static_cast<long>(der.size())));
  Require(certificate != nullptr, "parse a certificate of ours");
  return certificate;
}

Bytes Der(const Certificate& certificate) {
  unsigned char* data = nullptr;
  const int length = i2d_X509(certificate.get(), &data);
  Require(length > 0, "encode a certificate");
  Bytes der(data, data + length);
  OPENSSL_free(data);
  return der;
}

Integer SerialNumber(const Bytes& bytes) {
  const Number number(BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr));
  Integer serial(BN_to_ASN1_INTEGER(number.get(), nullptr));
  Require(serial != nullptr, "encode a serial number");
  return serial;
}

TimeField TimeValue(Time time) {
  TimeField field(ASN1_TIME_set(nullptr, std::chrono::system_clock::to_time_t(time)));
  Require(field != nullptr, "encode a time");
  return field;
}

void Add(X509_NAME* name, const char* field, std::string_view value) {
  const auto* text = reinterpret_cast<const unsigned char*>(value.data());
  Require(X509_NAME_add_entry_by_txt(name, field, MBSTRING_UTF8, text, static_cast<int>(value.size()), -1, 0) == 1,
          "name");
}

Certificate Blank(const Bytes& serial, Time not_before, Time not_after, const PrivateKey& key) {
  Certificate certificate(X509_new());
  X509* x = certificate.get();
  Require(X509_set_version(x, X509_VERSION_3) == 1, "set the version");
  Require(X509_set_serialNumber(x, SerialNumber(serial).get()) == 1, "set the serial number");
  Require(X509_set1_notBefore(x, TimeValue(not_before).get()) == 1, "set the validity");
  Require(X509_set1_notAfter(x, TimeValue(not_after).get()) == 1, "set the validity");
  Require(X509_set_pubkey(x, key.get()) == 1, "set the key");
  Add(X509_get_subject_name(x), "C", "JP");
  return certificate;
}

void Finish(X509* certificate, X509* issuer, const PrivateKey& issuer_key, const char* section) {
  Require(X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1, "set the issuer");
  const Configuration extensions = Extensions();
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509V3_set_nconf(&context, extensions.get());
  Require(X509V3_EXT_add_nconf(extensions.get(), &context, section, certificate) == 1, "add the extensions");
  Require(X509_sign(certificate, issuer_key.get(), EVP_sha256()) > 0, "sign a certificate");
}

}  // namespace

PrivateKey NewRsaKey() {
  PrivateKey key(EVP_RSA_gen(kRsaBits), EVP_PKEY_free);
  Require(key != nullptr, "make an RSA key");
  return key;
}

Ca MakeCa(Purpose purpose, int serial, Time now) {
  const PrivateKey key = NewRsaKey();
  const Bytes number = {static_cast<std::uint8_t>(serial)};
  const Certificate certificate = Blank(number, now - kDay * kCaAgeDays, now + kDay * kCaLifeDays, key);
  X509_NAME* name = X509_get_subject_name(certificate.get());
  const bool authentication = purpose == Purpose::kUserAuthentication;
  Add(name, "O", "JPKI-SIMULATOR");
  Add(name, "OU", authentication ? "JPKI-SIMULATOR for user authentication" : "JPKI-SIMULATOR for digital signature");
  Add(name, "OU", "Madoguchi tests - not an authority");
  Finish(certificate.get(), certificate.get(), key, "ca");
  return {Der(certificate), key};
}

Bytes MakeLeaf(const Leaf& leaf, const PrivateKey& key, const Ca& issuer) {
  const Certificate certificate = Blank(leaf.serial, leaf.not_before, leaf.not_after, key);
  Add(X509_get_subject_name(certificate.get()), "CN", leaf.common_name);
  const bool authentication = leaf.purpose == Purpose::kUserAuthentication;
  Finish(certificate.get(), Parse(issuer.certificate).get(), issuer.key,
         authentication ? "user_authentication" : "signature");
  return Der(certificate);
}

std::string MakeCrl(const Ca& issuer, const std::vector<Bytes>& serials, Time now) {
  const Crl crl(X509_CRL_new());
  const Certificate ca = Parse(issuer.certificate);
  Require(X509_CRL_set_version(crl.get(), X509_CRL_VERSION_2) == 1, "set the version");
  Require(X509_CRL_set_issuer_name(crl.get(), X509_get_subject_name(ca.get())) == 1, "set the issuer");
  Require(X509_CRL_set1_lastUpdate(crl.get(), TimeValue(now).get()) == 1, "set the update");
  Require(X509_CRL_set1_nextUpdate(crl.get(), TimeValue(now + kDay * kCrlLifeDays).get()) == 1, "set the update");
  for (const Bytes& serial : serials) {
    Revoked entry(X509_REVOKED_new());
    Require(X509_REVOKED_set_serialNumber(entry.get(), SerialNumber(serial).get()) == 1, "revoke");
    Require(X509_REVOKED_set_revocationDate(entry.get(), TimeValue(now).get()) == 1, "revoke");
    Require(X509_CRL_add0_revoked(crl.get(), entry.release()) == 1, "revoke");
  }
  const Configuration extensions = Extensions();
  X509V3_CTX context;
  X509V3_set_ctx(&context, ca.get(), nullptr, nullptr, crl.get(), 0);
  X509V3_set_nconf(&context, extensions.get());
  Require(X509V3_EXT_CRL_add_nconf(extensions.get(), &context, "crl", crl.get()) == 1, "add the extensions");
  // RFC 5280 §5.2.3: the number must grow with every list; seconds do.
  const Integer number(ASN1_INTEGER_new());
  Require(ASN1_INTEGER_set_int64(number.get(), std::chrono::system_clock::to_time_t(now)) == 1, "number the list");
  Require(X509_CRL_add1_ext_i2d(crl.get(), NID_crl_number, number.get(), 0, 0) == 1, "number the list");
  Require(X509_CRL_sort(crl.get()) == 1 && X509_CRL_sign(crl.get(), issuer.key.get(), EVP_sha256()) > 0,
          "sign the list");
  const Text pem(BIO_new(BIO_s_mem()));
  Require(PEM_write_bio_X509_CRL(pem.get(), crl.get()) == 1, "write the list");
  return Written(pem);
}

std::string PemOfKey(const PrivateKey& key) {
  const Text pem(BIO_new(BIO_s_mem()));
  Require(PEM_write_bio_PKCS8PrivateKey(pem.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1,
          "write a key");
  return Written(pem);
}

PrivateKey KeyFromPem(std::string_view pem) {
  EVP_PKEY* key = PEM_read_bio_PrivateKey(Reading(pem).get(), nullptr, nullptr, nullptr);
  return key == nullptr ? nullptr : PrivateKey(key, EVP_PKEY_free);
}

PublicKey VerifierFromPem(std::string_view pem) {
  PublicKey key(PEM_read_bio_PUBKEY(Reading(pem).get(), nullptr, nullptr, nullptr), EVP_PKEY_free);
  std::array<char, 32> group{};
  const bool on_p256 = key && EVP_PKEY_get_group_name(key.get(), group.data(), group.size(), nullptr) == 1 &&
                       std::string_view(group.data()) == SN_X9_62_prime256v1;
  return on_p256 ? key : nullptr;
}

std::string PemOfCertificate(ByteView der) {
  const Text pem(BIO_new(BIO_s_mem()));
  Require(PEM_write_bio_X509(pem.get(), Parse(der).get()) == 1, "write a certificate");
  return Written(pem);
}

Bytes CertificateFromPem(std::string_view pem) {
  const Certificate certificate(PEM_read_bio_X509(Reading(pem).get(), nullptr, nullptr, nullptr));
  return certificate ? Der(certificate) : Bytes{};
}

}  // namespace madoguchi::simulators
