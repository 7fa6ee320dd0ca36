// SPDX-License-Identifier: Apache-2.0
#include "tests/server/outbound/tls_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <optional>
#include <utility>

namespace madoguchi::outbound::test {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;

constexpr long kHour = 3600;
constexpr std::size_t kRequestBytesMax = 1024 * 1024;

void Require(bool condition) {
  if (!condition) std::abort();
}

void AddExtension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx_nodb(&context);
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  X509_EXTENSION* const extension = X509V3_EXT_conf_nid(nullptr, &context, nid, value);
  Require(extension != nullptr && X509_add_ext(certificate, extension, -1) == 1);
  X509_EXTENSION_free(extension);
}

Certificate Make(const char* name, EVP_PKEY* key, X509* issuer, EVP_PKEY* issuer_key, long serial) {
  Certificate certificate(X509_new(), &X509_free);
  X509_set_version(certificate.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -kHour);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), kHour);
  X509_set_pubkey(certificate.get(), key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate.get()), "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509* const signer = issuer == nullptr ? certificate.get() : issuer;
  X509_set_issuer_name(certificate.get(), X509_get_subject_name(signer));
  AddExtension(certificate.get(), signer, NID_basic_constraints, issuer == nullptr ? "critical,CA:TRUE" : "CA:FALSE");
  if (issuer != nullptr) AddExtension(certificate.get(), signer, NID_subject_alt_name, "IP:127.0.0.1");
  Require(X509_sign(certificate.get(), issuer_key, EVP_sha256()) > 0);
  return certificate;
}

template <class Write>
void WriteFile(const std::string& path, Write write) {
  std::FILE* const file = std::fopen(path.c_str(), "w");
  Require(file != nullptr && write(file) == 1 && std::fclose(file) == 0);
}

std::optional<Request> ReadRequest(SSL* connection) {
  std::string text;
  char buffer[4096];
  std::size_t whole = std::string::npos, head = 0;
  while (whole == std::string::npos || text.size() < whole) {
    const int length = SSL_read(connection, buffer, sizeof buffer);
    if (length <= 0 || text.size() > kRequestBytesMax) return std::nullopt;
    text.append(buffer, static_cast<std::size_t>(length));
    if (whole == std::string::npos && (head = text.find("\r\n\r\n")) != std::string::npos) {
      head += 4;
      const std::size_t at = text.find("Content-Length: ");
      whole = head + (at < head ? std::stoul(text.substr(at + 16)) : 0);
    }
  }
  Request request{.path = {}, .head = text.substr(0, head), .body = text.substr(head)};
  const std::size_t space = text.find(' ');
  request.path = text.substr(space + 1, text.find(' ', space + 1) - space - 1);
  return request;
}

// Bound to a free port of 127.0.0.1, not yet listening.
int BoundSocket(int& port) {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  Require(bind(descriptor, reinterpret_cast<sockaddr*>(&address), length) == 0);
  Require(getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length) == 0);
  port = ntohs(address.sin_port);
  return descriptor;
}

std::string UrlOf(int port) {
  return "https://127.0.0.1:" + std::to_string(port);
}

}  // namespace

Authority::Authority(const std::string& name) {
  std::string pattern = (std::filesystem::temp_directory_path() / "madoguchi-test-XXXXXX").string();
  Require(mkdtemp(pattern.data()) != nullptr);
  directory_ = pattern;
  const Key root_key(EVP_EC_gen("P-256"), &EVP_PKEY_free), key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
  const Certificate root = Make(name.c_str(), root_key.get(), nullptr, root_key.get(), 1);
  const Certificate certificate = Make("Test End", key.get(), root.get(), root_key.get(), 2);
  WriteFile(files().root, [&](std::FILE* file) { return PEM_write_X509(file, root.get()); });
  WriteFile(files().certificate, [&](std::FILE* file) { return PEM_write_X509(file, certificate.get()); });
  WriteFile(files().key, [&](std::FILE* file) {
    return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

Authority::~Authority() {
  std::filesystem::remove_all(directory_);
}

HttpsFiles Authority::files() const {
  return {.root = directory_ + "/root.pem", .certificate = directory_ + "/end.pem", .key = directory_ + "/end.key"};
}

Reaction Answered(int status, const std::string& content_type, const std::string& body) {
  return {.bytes = "HTTP/1.1 " + std::to_string(status) + " Test\r\nContent-Type: " + content_type +
                   "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body};
}

TlsServer::TlsServer(const HttpsFiles& files, Handler handler, int tls_version_max)
    : handler_(std::move(handler)), context_(SSL_CTX_new(TLS_server_method()), &SSL_CTX_free) {
  std::signal(SIGPIPE, SIG_IGN);
  Require(SSL_CTX_use_certificate_chain_file(context_.get(), files.certificate.c_str()) == 1);
  Require(SSL_CTX_use_PrivateKey_file(context_.get(), files.key.c_str(), SSL_FILETYPE_PEM) == 1);
  Require(SSL_CTX_load_verify_locations(context_.get(), files.root.c_str(), nullptr) == 1);
  SSL_CTX_set_verify(context_.get(), SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  constexpr unsigned char kName[] = "test";  // without one, OpenSSL refuses to resume sessions of verified clients
  SSL_CTX_set_session_id_context(context_.get(), kName, sizeof kName);
  SSL_CTX_set_max_proto_version(context_.get(), tls_version_max);
  listener_ = BoundSocket(port_);
  Require(listen(listener_, 16) == 0);
  acceptor_ = std::thread([this] { Accept(); });
}

TlsServer::~TlsServer() {
  stopping_ = true;
  shutdown(listener_, SHUT_RDWR);
  acceptor_.join();
  {
    const std::lock_guard lock(mutex_);
    for (const int descriptor : sockets_) shutdown(descriptor, SHUT_RDWR);
  }
  for (std::thread& thread : threads_) thread.join();
  for (const int descriptor : sockets_) close(descriptor);
  close(listener_);
}

std::string TlsServer::url() const {
  return UrlOf(port_);
}

std::vector<Request> TlsServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void TlsServer::ForgetSessions() {
  std::array<unsigned char, 80> keys{};  // name, HMAC and AES key of the tickets (SSL_CTX_set_tlsext_ticket_keys)
  if (SSL_CTX_set_tlsext_ticket_keys(context_.get(), keys.data(), keys.size()) != 1) std::abort();
}

std::size_t TlsServer::connections() const {
  const std::lock_guard lock(mutex_);
  return sockets_.size();
}

void TlsServer::Accept() {
  while (!stopping_) {
    const int descriptor = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (descriptor < 0) return;
    const std::lock_guard lock(mutex_);
    sockets_.push_back(descriptor);
    threads_.emplace_back([this, descriptor] { Serve(descriptor); });
  }
}

// The descriptor is shut down here and closed by the destructor, so that its number is not used twice meanwhile.
void TlsServer::Serve(int descriptor) {
  const std::unique_ptr<SSL, decltype(&SSL_free)> connection(SSL_new(context_.get()), &SSL_free);
  SSL_set_fd(connection.get(), descriptor);
  if (SSL_accept(connection.get()) == 1) {
    resumed_ += SSL_session_reused(connection.get()) == 1 ? 1 : 0;
    while (auto request = ReadRequest(connection.get())) {
      const std::lock_guard one_at_a_time(handling_);
      std::size_t ordinal = 0;
      {
        const std::lock_guard lock(mutex_);
        requests_.push_back(*request);
        ordinal = requests_.size();
      }
      const Reaction reaction = handler_(*request, ordinal);
      if (!reaction.bytes.empty())
        SSL_write(connection.get(), reaction.bytes.data(), static_cast<int>(reaction.bytes.size()));
      if (reaction.then == Then::kClose) break;
    }
    SSL_shutdown(connection.get());
  }
  shutdown(descriptor, SHUT_RDWR);
}

std::string ClosedUrl() {
  int port = 0;
  BoundSocket(port);  // never listens, and is kept until the program ends: nobody else is given this port
  return UrlOf(port);
}

}  // namespace madoguchi::outbound::test
