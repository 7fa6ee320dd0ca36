// SPDX-License-Identifier: Apache-2.0
#include "tests/terminal/identity/test_facility.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include "contract/crypto/digest.h"

namespace madoguchi::identity {
namespace {

void AddExtensions(X509* certificate, X509* issuer, const Wish& wish) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  for (const auto& [name, value] : wish.extensions) {
    X509_EXTENSION* extension = X509V3_EXT_nconf(nullptr, &context, name.c_str(), value.c_str());
    ASSERT_NE(extension, nullptr) << name;
    X509_add_ext(certificate, extension, -1);
    X509_EXTENSION_free(extension);
  }
}

CertificateHandle Make(EVP_PKEY* subject_key, const Wish& wish, X509* issuer, EVP_PKEY* issuer_key) {
  static std::atomic<long> serial{1};
  CertificateHandle certificate(X509_new());
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial++);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), wish.from_seconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), wish.to_seconds);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(wish.name.c_str()), -1, -1, 0);
  X509* named = issuer == nullptr ? certificate.get() : issuer;
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(named));
  X509_set_pubkey(certificate.get(), subject_key);
  AddExtensions(certificate.get(), named, wish);
  EXPECT_GT(X509_sign(certificate.get(), issuer_key, EVP_sha256()), 0);
  return certificate;
}

Wish CaWish(const std::string& name, const std::string& path_length) {
  return {name,
          {{"basicConstraints", "critical,CA:TRUE" + path_length},
           {"keyUsage", "critical,keyCertSign"},
           {"subjectKeyIdentifier", "hash"}}};
}

}  // namespace

std::string PemOf(X509* certificate) {
  const BioHandle bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(bio.get(), certificate);
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

std::string PemOf(EVP_PKEY* key) {
  const BioHandle bio(BIO_new(BIO_s_mem()));
  PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

Wish ServerWish(const std::string& names) {
  return {"server",
          {{"basicConstraints", "critical,CA:FALSE"},
           {"extendedKeyUsage", "serverAuth"},
           {"subjectKeyIdentifier", "hash"},
           {"authorityKeyIdentifier", "keyid"},
           {"subjectAltName", names}}};
}

Wish DeskWish() {
  return {"desk",
          {{"basicConstraints", "critical,CA:FALSE"},
           {"extendedKeyUsage", "clientAuth"},
           {"subjectKeyIdentifier", "hash"},
           {"authorityKeyIdentifier", "keyid"},
           {"subjectAltName", "URI:urn:madoguchi:desk:11111111-2222-4333-8444-555555555555"}}};
}

TestFacility::TestFacility(const std::string& path_length) {
  root_.key.reset(EVP_EC_gen("P-256"));
  root_.certificate = Make(root_.key.get(), CaWish("facility", path_length), nullptr, root_.key.get());
}

Bytes TestFacility::root_sha256() const {
  Bytes der(static_cast<std::size_t>(i2d_X509(root(), nullptr)));
  unsigned char* out = der.data();
  i2d_X509(root(), &out);
  const crypto::Sha256Digest digest = crypto::Sha256(der);
  return {digest.begin(), digest.end()};
}

CertificateAndKey TestFacility::IssuedBy(const CertificateAndKey& issuer, const Wish& wish) {
  KeyHandle key(EVP_EC_gen("P-256"));
  CertificateHandle certificate = Make(key.get(), wish, issuer.certificate.get(), issuer.key.get());
  return {std::move(certificate), std::move(key)};
}

CertificateAndKey TestFacility::Issue(const Wish& wish) const {
  return IssuedBy(root_, wish);
}

CertificateAndKey TestFacility::Server(const std::string& names) const {
  return Issue(ServerWish(names));
}

CertificateAndKey TestFacility::Intermediate() const {
  Wish wish = CaWish("between", "");
  wish.extensions.emplace_back("authorityKeyIdentifier", "keyid");
  return Issue(wish);
}

std::string TestFacility::DeskChain(ByteView request_der, const Wish& wish) const {
  const unsigned char* der = request_der.data();
  const RequestHandle request(d2i_X509_REQ(nullptr, &der, static_cast<long>(request_der.size())));
  if (!request) return {};
  const CertificateHandle leaf =
      Make(X509_REQ_get0_pubkey(request.get()), wish, root_.certificate.get(), root_.key.get());
  return PemOf(leaf.get()) + root_pem();
}

RecordingServer::RecordingServer(const CertificateAndKey& own, std::vector<X509*> sent_besides, int tls_version)
    : context_(SSL_CTX_new(TLS_server_method())) {
  SSL_CTX_set_min_proto_version(context_.get(), tls_version);
  SSL_CTX_set_max_proto_version(context_.get(), tls_version);
  EXPECT_EQ(SSL_CTX_use_certificate(context_.get(), own.certificate.get()), 1);
  EXPECT_EQ(SSL_CTX_use_PrivateKey(context_.get(), own.key.get()), 1);
  for (X509* one : sent_besides) EXPECT_EQ(SSL_CTX_add1_chain_cert(context_.get(), one), 1);
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
  EXPECT_EQ(listen(listener_, 8), 0);
  getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Run(); });
}

RecordingServer::~RecordingServer() {
  stopping_ = true;
  shutdown(listener_, SHUT_RDWR);  // wakes accept
  thread_.join();
  close(listener_);
}

void RecordingServer::Run() {
  for (;;) {
    const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) return;
    const timeval patience{5, 0};
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    const TlsHandle tls(SSL_new(context_.get()));
    SSL_set_fd(tls.get(), connection);
    if (SSL_accept(tls.get()) == 1) {
      ++handshakes_;
      char block[4096];
      for (int got = 0; (got = SSL_read(tls.get(), block, sizeof block)) > 0;)
        application_bytes_ += static_cast<std::size_t>(got);
    }
    close(connection);
    ++ended_;
    ended_.notify_all();
  }
}

void RecordingServer::AwaitEnded(int count) {
  for (int now = ended_; now < count; now = ended_) ended_.wait(now);
}

}  // namespace madoguchi::identity
