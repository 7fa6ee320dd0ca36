// SPDX-License-Identifier: Apache-2.0
#include "tests/proto/contract/web/silent_peer.h"

#include <arpa/inet.h>
#include <linux/filter.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdlib>

#include "contract/files.h"
#include "tests/proto/contract/crypto/test_certificates.h"

namespace madoguchi::web::test {
namespace {

constexpr int kSecondsMax = 20;

void Write(const std::string& file, const std::string& content) {
  if (!WriteFileWhole(file, content, true).ok()) std::abort();
}

// root.pem, peer.pem, peer.key, and for a client of the same root client.pem, client.key.
void MakeFiles(const TestFolder& folder, const std::string& names) {
  const crypto::TestKey root = crypto::MakeEcKey(), peer = crypto::MakeEcKey(), client = crypto::MakeEcKey();
  Write(folder.File("root.pem"),
        crypto::PemOf(crypto::MakeCertificate({.subject = "TEST CA", .authority = true}, root, root)));
  Write(folder.File("peer.pem"), crypto::PemOf(crypto::MakeCertificate({.dns_name = names}, peer, root)));
  Write(folder.File("peer.key"), crypto::PemOf(peer));
  Write(folder.File("client.pem"),
        crypto::PemOf(crypto::MakeCertificate({.serial = "02", .dns_name = "client.test"}, client, root)));
  Write(folder.File("client.key"), crypto::PemOf(client));
}

// From now on every segment for this socket is dropped unseen.
void HearNoMore(int socket) {
  sock_filter drop = BPF_STMT(BPF_RET | BPF_K, 0);
  const sock_fprog program{1, &drop};
  if (setsockopt(socket, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0) std::abort();
}

}  // namespace

SilentPeer::SilentPeer(Does does, int tls_version_max, bool wants_certificate, const std::string& names)
    : does_(does), context_(SSL_CTX_new(TLS_server_method())), end_(eventfd(0, EFD_CLOEXEC)) {
  std::signal(SIGPIPE, SIG_IGN);
  MakeFiles(folder_, names);
  SSL_CTX_set_max_proto_version(context_, tls_version_max);
  if (SSL_CTX_use_certificate_file(context_, File("peer.pem").c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_use_PrivateKey_file(context_, File("peer.key").c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_load_verify_locations(context_, File("root.pem").c_str(), nullptr) != 1) {
    std::abort();
  }
  if (wants_certificate) SSL_CTX_set_verify(context_, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  if (bind(listener_, reinterpret_cast<const sockaddr*>(&address), length) != 0 || listen(listener_, 8) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    std::abort();
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Work(); });
}

SilentPeer::~SilentPeer() {
  eventfd_write(end_, 1);
  thread_.join();
  close(listener_);
  close(end_);
  SSL_CTX_free(context_);
}

web::TlsPeer SilentPeer::address() const {
  return {.host = "localhost", .port = port_, .root_file = File("root.pem")};
}

std::vector<std::string> SilentPeer::received() const {
  const std::lock_guard lock(mutex_);
  return received_;
}

std::string SilentPeer::asked_for() const {
  const std::lock_guard lock(mutex_);
  return asked_for_;
}

void SilentPeer::WaitForHandshake() {
  std::unique_lock lock(mutex_);
  if (!shaken_.wait_for(lock, std::chrono::seconds(kSecondsMax), [this] { return handshakes_ > 0; })) std::abort();
}

void SilentPeer::Work() {
  for (;;) {
    std::array<pollfd, 2> watched = {{{listener_, POLLIN, 0}, {end_, POLLIN, 0}}};
    poll(watched.data(), watched.size(), -1);
    if (watched[1].revents != 0) return;
    const int socket = accept(listener_, nullptr, nullptr);
    if (socket < 0) continue;
    const timeval limit{kSecondsMax, 0};
    setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    Serve(socket);
    close(socket);
  }
}

void SilentPeer::Serve(int socket) {
  const Does does = does_;
  if (does == Does::kNeverShake) return WaitForEnd(socket);
  SSL* const tls = SSL_new(context_);
  SSL_set_fd(tls, socket);
  const bool shaken = SSL_accept(tls) == 1;
  {
    const char* const name = SSL_get_servername(tls, TLSEXT_NAMETYPE_host_name);
    const std::lock_guard lock(mutex_);
    asked_for_ = name == nullptr ? "(none)" : name;
    ++handshakes_;
  }
  shaken_.notify_all();
  std::string content;
  std::array<char, 16 * 1024> block;
  if (shaken && does == Does::kNeverRead) WaitForEnd(socket);
  if (shaken && does == Does::kLeaveEarly) SSL_read(tls, block.data(), 1);
  if (shaken && (does == Does::kRead || does == Does::kReadFarAway || does == Does::kReadAndDie)) {
    for (int got = 0; (got = SSL_read(tls, block.data(), block.size())) > 0;)
      content.append(block.data(), static_cast<std::size_t>(got));
    if (SSL_get_shutdown(tls) == SSL_RECEIVED_SHUTDOWN) {
      const std::lock_guard lock(mutex_);
      received_.push_back(content);
    }
    if (does == Does::kReadFarAway) HearNoMore(socket);
    if (does != Does::kReadAndDie) SSL_shutdown(tls);
  }
  SSL_free(tls);
}

// Until this object ends or the client has gone; what the client sent stays unread.
void SilentPeer::WaitForEnd(int socket) const {
  std::array<pollfd, 2> watched = {{{socket, POLLRDHUP, 0}, {end_, POLLIN, 0}}};
  poll(watched.data(), watched.size(), kSecondsMax * 1000);
}

}  // namespace madoguchi::web::test
