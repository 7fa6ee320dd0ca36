// SPDX-License-Identifier: Apache-2.0
#include "contract/web/tls_sender.h"

// As in https_listener.cpp: one thread runs each io_context.
#define BOOST_ASIO_DISABLE_FENCED_BLOCK

#include <linux/sockios.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <mutex>
#include <utility>

namespace madoguchi::web {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

std::optional<std::string> Failed(const char* step, const error_code& reason) {
  return std::string(step) + ": " + reason.message();
}

error_code Prepare(asio::ssl::context& tls, const TlsPeer& peer) {
  error_code failed;
  if (SSL_CTX_set_min_proto_version(tls.native_handle(), TLS1_3_VERSION) != 1) return asio::error::no_protocol_option;
  tls.set_verify_mode(asio::ssl::verify_peer, failed);
  if (!failed) tls.load_verify_file(peer.root_file, failed);
  if (failed || peer.certificate_file.empty()) return failed;
  tls.use_certificate_chain_file(peer.certificate_file, failed);
  if (!failed) tls.use_private_key_file(peer.key_file, asio::ssl::context::pem, failed);
  return failed;
}

// The peer's machine has all that was written. Asked before our own end of the connection is sent: that one counts,
// too, and is still on its way when the peer's comes.
bool IsAcknowledged(tcp::socket& socket) {
  int waiting = 0;
  return ioctl(socket.native_handle(), SIOCOUTQ, &waiting) == 0 && waiting == 0;
}

// The connection ended without a reset, which a program causes that closes before it has read everything.
bool IsEndedInPeace(tcp::socket& socket) {
  int error = 0;
  socklen_t length = sizeof error;
  return getsockopt(socket.native_handle(), SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0;
}

// An address is no server name (RFC 6066 §3); some peers refuse the handshake over one.
bool SendName(SSL* tls, const std::string& host) {
  error_code is_name;
  asio::ip::make_address(host, is_name);
  return !is_name || SSL_set_tlsext_host_name(tls, host.c_str()) == 1;
}

}  // namespace

// One step after the other on the caller's thread, each with its limit.
struct TlsSender::State {
  // begin(handler) starts an operation that ends by handler(error_code, …).
  template <class Begin>
  error_code Run(asio::io_context& io, std::chrono::milliseconds step_max, Begin&& begin) {
    ended.reset();
    begin([this](error_code code, auto&&...) { ended = code; });
    {
      const std::lock_guard lock(mutex);
      if (interrupted) return asio::error::operation_aborted;
      io.restart();
      running = &io;
    }
    io.run_for(step_max);
    const std::lock_guard lock(mutex);
    running = nullptr;
    return ended.value_or(asio::error::timed_out);
  }

  std::optional<error_code> ended;
  std::mutex mutex;
  asio::io_context* running = nullptr;  // guarded by mutex
  bool interrupted = false;             // guarded by mutex
};

TlsSender::TlsSender(TlsPeer peer, std::chrono::milliseconds step_max)
    : peer_(std::move(peer)), step_max_(step_max), state_(std::make_unique<State>()) {}

TlsSender::~TlsSender() = default;

void TlsSender::Interrupt() {
  const std::lock_guard lock(state_->mutex);
  state_->interrupted = true;
  if (state_->running != nullptr) state_->running->stop();
}

std::optional<std::string> TlsSender::Send(std::string_view bytes) {
  asio::io_context io{1};
  asio::ssl::context tls(asio::ssl::context::tls_client);
  if (const error_code failed = Prepare(tls, peer_)) return Failed("files", failed);
  asio::ssl::stream<tcp::socket> stream(io, tls);
  tcp::socket& socket = stream.next_layer();
  tcp::resolver resolver(io);
  const auto run = [&](auto&& begin) { return state_->Run(io, step_max_, begin); };

  tcp::resolver::results_type found;
  error_code failed = run([&](auto handler) {
    resolver.async_resolve(peer_.host, std::to_string(peer_.port), tcp::resolver::numeric_service,
                           [&found, handler](error_code code, tcp::resolver::results_type results) mutable {
                             found = std::move(results);
                             handler(code);
                           });
  });
  if (failed) return Failed("name", failed);
  failed = run([&](auto handler) { asio::async_connect(socket, found, handler); });
  if (failed) return Failed("connection", failed);
  // What the kernel holds back for a slow peer has to leave within the last step.
  socket.set_option(tcp::socket::send_buffer_size(kTlsPieceBytes), failed);

  if (!SendName(stream.native_handle(), peer_.host)) return "TLS: name";
  stream.set_verify_callback(asio::ssl::host_name_verification(peer_.host));
  failed = run([&](auto handler) { stream.async_handshake(asio::ssl::stream_base::client, handler); });
  if (failed) return Failed("TLS", failed);
  for (std::size_t at = 0; at < bytes.size(); at += kTlsPieceBytes) {
    const std::string_view piece = bytes.substr(at, kTlsPieceBytes);
    failed = run([&](auto handler) { asio::async_write(stream, asio::buffer(piece), handler); });
    if (failed) return Failed("writing", failed);
  }

  failed = run([&](auto handler) { stream.async_shutdown(handler); });
  // A peer may end without a close_notify of its own: nothing of its words is waited for.
  if (failed && failed != asio::ssl::error::stream_truncated && failed != asio::error::eof)
    return Failed("closing", failed);
  const bool acknowledged = IsAcknowledged(socket);
  socket.shutdown(tcp::socket::shutdown_send, failed);
  std::array<char, 1> nothing;
  failed = run([&](auto handler) { socket.async_read_some(asio::buffer(nothing), handler); });
  if (failed != asio::error::eof) return Failed("closing", failed);
  if (!acknowledged || !IsEndedInPeace(socket)) return "closing: the peer had not read everything";
  return {};
}

}  // namespace madoguchi::web
