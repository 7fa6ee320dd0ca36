// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/pinned_root.h"

#include <netdb.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

#include "contract/crypto/digest.h"
#include "contract/enrolment_link.h"
#include "contract/files.h"
#include "terminal/identity/openssl_handles.h"

namespace madoguchi::identity {
namespace {

constexpr unsigned char kHttp2[] = {2, 'h', '2'};  // RFC 7301 §3.1: what gRPC speaks; asked for, never used here

class Socket {
 public:
  explicit Socket(int descriptor) : descriptor_(descriptor) {}
  ~Socket() {
    if (descriptor_ >= 0) close(descriptor_);
  }
  Socket(Socket&& other) noexcept : descriptor_(other.descriptor_) { other.descriptor_ = -1; }
  Socket& operator=(Socket&&) = delete;
  int get() const { return descriptor_; }

 private:
  int descriptor_;
};

Error Unreachable(const std::string& why) {
  return {ErrorCode::kServerUnreachable, why, {}};
}
Error NotTrusted(const std::string& why) {
  return {ErrorCode::kServerNotTrusted, why, {}};
}

struct HostAndPort {
  std::string host, port;  // no brackets
};

HostAndPort Split(const std::string& server) {
  const std::size_t colon = server.rfind(':');
  HostAndPort parts{server.substr(0, colon), server.substr(colon + 1)};
  if (parts.host.starts_with('[')) parts.host = parts.host.substr(1, parts.host.size() - 2);
  return parts;
}

bool WaitFor(int descriptor, short events, Deadline deadline) {
  for (;;) {
    pollfd wait = {descriptor, events, 0};
    const int ready = poll(&wait, 1, static_cast<int>(deadline.remaining().count()));
    if (ready > 0) return true;
    if (ready == 0 || errno != EINTR) return false;
  }
}

Result<Socket> Connect(const HostAndPort& to, Deadline deadline) {
  addrinfo wanted{};
  wanted.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  if (getaddrinfo(to.host.c_str(), to.port.c_str(), &wanted, &found) != 0) return Unreachable("no such host");
  const std::unique_ptr<addrinfo, OpenSslFree<freeaddrinfo>> addresses(found);
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    Socket socket(::socket(one->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (socket.get() < 0) continue;
    if (connect(socket.get(), one->ai_addr, one->ai_addrlen) == 0) return socket;
    if (errno != EINPROGRESS || !WaitFor(socket.get(), POLLOUT, deadline)) continue;
    int problem = 0;
    socklen_t size = sizeof problem;
    if (getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &problem, &size) == 0 && problem == 0) return socket;
  }
  return Unreachable("no address answers");
}

// What the verification of one handshake is given, and what it finds.
struct Judgement {
  const IsPinned& is_pinned;
  const std::string& host;
  std::string root_pem;  // found and held
  const char* refused = nullptr;
};

X509* FindPinned(STACK_OF(X509) * sent, const IsPinned& is_pinned) {
  for (int i = 0; i < sk_X509_num(sent); ++i) {
    X509* one = sk_X509_value(sent, i);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    if (X509_digest(one, EVP_sha256(), digest, &length) == 1 && is_pinned({digest, length}) &&
        X509_self_signed(one, 1) == 1)
      return one;
  }
  return nullptr;
}

std::string CertificatePem(X509* certificate) {
  const BioHandle bio(BIO_new(BIO_s_mem()));
  if (!bio || PEM_write_bio_X509(bio.get(), certificate) != 1) return {};
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &text);
  return {text, static_cast<std::size_t>(length)};
}

// The facility CA issues server certificates itself: nothing stands between them and the root.
bool Holds(X509* leaf, X509* root, const std::string& host) {
  const StoreHandle store(X509_STORE_new());
  const StoreContextHandle context(X509_STORE_CTX_new());
  if (!store || !context || X509_STORE_add_cert(store.get(), root) != 1 ||
      X509_STORE_CTX_init(context.get(), store.get(), leaf, nullptr) != 1)
    return false;
  X509_STORE_CTX_set_purpose(context.get(), X509_PURPOSE_SSL_SERVER);
  X509_VERIFY_PARAM* rules = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_flags(rules, X509_V_FLAG_X509_STRICT);
  X509_VERIFY_PARAM_set_hostflags(rules, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  if (X509_VERIFY_PARAM_set1_ip_asc(rules, host.c_str()) != 1) {
    ERR_clear_error();
    if (X509_VERIFY_PARAM_set1_host(rules, host.c_str(), host.size()) != 1) return false;
  }
  return X509_verify_cert(context.get()) == 1;
}

// Called by OpenSSL in place of its own verification, before this side has sent its Finished (RFC 8446 §4.4).
int Judge(X509_STORE_CTX* context, void* argument) {
  auto& judgement = *static_cast<Judgement*>(argument);
  X509_STORE_CTX_set_error(context, X509_V_ERR_CERT_UNTRUSTED);
  STACK_OF(X509)* sent = X509_STORE_CTX_get0_untrusted(context);
  X509* leaf = X509_STORE_CTX_get0_cert(context);
  if (sk_X509_num(sent) > static_cast<int>(kChainCertificatesMax)) {
    judgement.refused = "too many certificates";
    return 0;
  }
  X509* root = FindPinned(sent, judgement.is_pinned);
  if (root == nullptr) {
    judgement.refused = "not the facility's root";
    return 0;
  }
  if (!Holds(leaf, root, judgement.host)) {
    judgement.refused = "the chain or the name does not hold";
    return 0;
  }
  judgement.root_pem = CertificatePem(root);
  X509_STORE_CTX_set_error(context, X509_V_OK);
  return judgement.root_pem.empty() ? 0 : 1;
}

Result<void> Handshake(SSL* tls, int descriptor, Deadline deadline, const Judgement& judgement) {
  for (;;) {
    ERR_clear_error();
    const int done = SSL_connect(tls);
    if (done == 1) return {};
    const int why = SSL_get_error(tls, done);
    if (why == SSL_ERROR_WANT_READ || why == SSL_ERROR_WANT_WRITE) {
      if (!WaitFor(descriptor, why == SSL_ERROR_WANT_READ ? POLLIN : POLLOUT, deadline))
        return Unreachable("no handshake in time");
      continue;
    }
    if (judgement.refused != nullptr) return NotTrusted(judgement.refused);
    if (why == SSL_ERROR_SYSCALL) return Unreachable("the connection broke");
    return NotTrusted("the handshake failed");
  }
}

}  // namespace

Result<PinnedRoot> PinnedRoot::FromFile(const std::string& server, const std::string& file) {
  TRY_ASSIGN(std::string name, ParseServerName(server));
  Result<std::string> pem = ReadSmallFile(file);
  if (!pem) return Error{ErrorCode::kFacilityRootMissing, pem.error().detail, {}};
  const BioHandle bio(BIO_new_mem_buf(pem->data(), static_cast<int>(pem->size())));
  const CertificateHandle root(bio ? PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr) : nullptr);
  if (!root) return Error{ErrorCode::kFacilityRootMissing, file + ": no certificate", {}};
  std::string canonical = CertificatePem(root.get());
  if (canonical.empty()) return OpenSslFailed("write root");
  return PinnedRoot(std::move(name), std::move(canonical));
}

Result<PinnedRoot> PinnedRoot::Fetch(const std::string& server, const IsPinned& is_pinned, Deadline deadline) {
  TRY_ASSIGN(std::string name, ParseServerName(server));
  const HostAndPort to = Split(name);
  TRY_ASSIGN(const Socket socket, Connect(to, deadline));
  const TlsContextHandle context(SSL_CTX_new(TLS_client_method()));
  if (!context || SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION) != 1)
    return OpenSslFailed("TLS context");
  Judgement judgement{is_pinned, to.host, {}, nullptr};
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  SSL_CTX_set_cert_verify_callback(context.get(), Judge, &judgement);
  const TlsHandle tls(SSL_new(context.get()));
  if (!tls || SSL_set_fd(tls.get(), socket.get()) != 1 || SSL_set_alpn_protos(tls.get(), kHttp2, sizeof kHttp2) != 0)
    return OpenSslFailed("TLS");
  const bool is_address =
      to.host.find_first_not_of("0123456789.") == std::string::npos || to.host.find(':') != std::string::npos;
  if (!is_address && SSL_set_tlsext_host_name(tls.get(), to.host.c_str()) != 1) return OpenSslFailed("server name");
  TRY_VOID(Handshake(tls.get(), socket.get(), deadline, judgement));
  SSL_shutdown(tls.get());
  return PinnedRoot(std::move(name), std::move(judgement.root_pem));
}

}  // namespace madoguchi::identity
