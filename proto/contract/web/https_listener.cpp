// SPDX-License-Identifier: Apache-2.0
#include "contract/web/https_listener.h"

// One thread runs the listener and nothing is posted to it from outside: Asio's fences order nothing here, and
// ThreadSanitizer does not understand them.
#define BOOST_ASIO_DISABLE_FENCED_BLOCK

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <chrono>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

#include "contract/bytes.h"
#include "contract/crypto/server_pair.h"
#include "contract/log.h"

namespace madoguchi::web {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;
using boost::system::error_code;

constexpr const char* kComponent = "web";
constexpr int kListenBacklog = 64;
constexpr std::chrono::milliseconds kAcceptPause{200};

Error Failed(const std::string& what, const error_code& reason) {
  return {ErrorCode::kListenerFailed, what + ": " + reason.message(), {}};
}

// One request, one answer, then gone. Everything runs on the listener's one thread, so nothing here is locked.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(tcp::socket socket, std::shared_ptr<asio::ssl::context> tls, const Handler& handler, bool posts,
             std::size_t& open)
      : tls_(std::move(tls)), stream_(std::move(socket), *tls_), handler_(handler), posts_(posts), open_(open) {
    ++open_;
  }
  ~Connection() { --open_; }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void Begin() {
    // One time for the whole connection: a slow peer cannot hold its place by sending a byte now and then.
    beast::get_lowest_layer(stream_).expires_after(std::chrono::seconds(kConnectionSecondsMax));
    parser_.header_limit(static_cast<std::uint32_t>(kRequestBytesMax));
    parser_.body_limit(kRequestBytesMax);
    stream_.async_handshake(asio::ssl::stream_base::server, [self = shared_from_this()](error_code failed) {
      if (!failed) self->Read();
    });
  }

 private:
  void Read() {
    http::async_read(stream_, buffer_, parser_, [self = shared_from_this()](error_code failed, std::size_t) {
      if (failed == http::error::header_limit || failed == http::error::body_limit)
        return self->Write({431, "text/plain", ""});
      if (!failed) self->Write(self->Answer());
    });
  }

  Response Answer() {
    const http::request<http::string_body>& received = parser_.get();
    const bool post = posts_ && received.method() == http::verb::post;
    if (!post && received.method() != http::verb::get) return {405, "text/plain; charset=utf-8", "GET only\n"};
    const std::string target(received.target());
    const std::size_t mark = target.find('?');
    Request request{.method = post ? "POST" : "GET", .path = target.substr(0, mark)};
    if (mark != std::string::npos) request.query = target.substr(mark + 1);
    request.accept = std::string(received[http::field::accept]);
    request.body = received.body();
    request.client_sha256 = ClientSha256();
    error_code unknown;
    const auto peer = beast::get_lowest_layer(stream_).socket().remote_endpoint(unknown);
    if (!unknown) request.address = peer.address().to_string();
    return handler_(request);
  }

  std::string ClientSha256() {
    const std::unique_ptr<X509, decltype(&X509_free)> peer(SSL_get1_peer_certificate(stream_.native_handle()),
                                                           &X509_free);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    if (!peer || X509_digest(peer.get(), EVP_sha256(), digest, &length) != 1) return {};
    return ToHex({digest, length});
  }

  void Write(Response answer) {
    response_.result(static_cast<unsigned>(answer.status));
    response_.set(http::field::content_type, answer.content_type);
    response_.set(http::field::cache_control, "no-store");
    response_.set("X-Content-Type-Options", "nosniff");
    response_.keep_alive(false);
    response_.body() = std::move(answer.body);
    response_.prepare_payload();
    http::async_write(stream_, response_, [self = shared_from_this()](error_code failed, std::size_t) {
      // The peer may leave without its close_notify: the answer has a length, nothing can be cut short unseen.
      if (!failed) self->stream_.async_shutdown([self](error_code) {});
    });
  }

  const std::shared_ptr<asio::ssl::context> tls_;  // before what uses it
  beast::ssl_stream<beast::tcp_stream> stream_;
  const Handler& handler_;
  const bool posts_;
  std::size_t& open_;
  beast::flat_buffer buffer_{kRequestBytesMax * 2};
  http::request_parser<http::string_body> parser_;
  http::response<http::string_body> response_;
};

Result<std::shared_ptr<asio::ssl::context>> Prepare(const crypto::ServerPair::Pem& pem,
                                                    const std::string& client_root_file) {
  auto tls = std::make_shared<asio::ssl::context>(asio::ssl::context::tls_server);
  error_code failed;
  tls->use_certificate_chain(asio::buffer(pem.chain), failed);
  if (failed) return Error{ErrorCode::kConfigFileUnreadable, "no PEM certificate chain", {}};
  tls->use_private_key(asio::buffer(pem.key), asio::ssl::context::pem, failed);
  if (failed) return Error{ErrorCode::kConfigFileUnreadable, "no PEM key of this certificate", {}};
  if (SSL_CTX_set_min_proto_version(tls->native_handle(), TLS1_3_VERSION) != 1) {
    return Error{ErrorCode::kListenerFailed, "TLS 1.3 is not available", {}};
  }
  if (client_root_file.empty()) return tls;
  tls->load_verify_file(client_root_file, failed);
  if (failed) return Error{ErrorCode::kConfigFileUnreadable, client_root_file + ": no PEM root", {}};
  tls->set_verify_mode(asio::ssl::verify_peer | asio::ssl::verify_fail_if_no_peer_cert, failed);
  if (failed) return Failed("client certificates", failed);
  // Every connection shows its certificate itself: none goes on with what an earlier one was allowed.
  SSL_CTX_set_session_cache_mode(tls->native_handle(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_num_tickets(tls->native_handle(), 0);
  return tls;
}

Result<void> Open(tcp::acceptor& acceptor, const HttpsListener::Settings& settings) {
  error_code failed;
  const auto address = asio::ip::make_address(settings.address, failed);
  if (failed) return Failed(settings.address, failed);
  const tcp::endpoint endpoint(address, settings.port);
  const std::string shown = settings.address + ":" + std::to_string(settings.port);
  acceptor.open(endpoint.protocol(), failed);
  if (!failed) acceptor.set_option(tcp::acceptor::reuse_address(true), failed);
  if (!failed) acceptor.bind(endpoint, failed);
  if (!failed) acceptor.listen(kListenBacklog, failed);
  if (failed) return Failed(shown, failed);
  return {};
}

}  // namespace

struct HttpsListener::State {
  State(const Settings& given, Handler handler)
      : handler(std::move(handler)), settings(given), pair(given.certificate_file, given.key_file) {}

  // The certificate was renewed: connections from now on see the new one, open ones keep theirs.
  void LookForNewCertificate() {
    const std::optional<crypto::ServerPair::Pem> pem = pair.Changed();
    if (!pem) return;
    Result<std::shared_ptr<asio::ssl::context>> prepared = Prepare(*pem, settings.client_root_file);
    log::Info(kComponent, "server_certificate_reloaded", {{"usable", prepared.ok()}});
    if (prepared) tls = std::move(prepared).value();
  }

  void Accept() {
    acceptor.async_accept([this](error_code failed, tcp::socket socket) {
      if (failed == asio::error::operation_aborted) return;
      if (failed) {
        // Out of descriptors, most likely: trying again at once would take a whole core.
        log::Warning(kComponent, "accept_failed", {{"reason", failed.message()}});
        pause.expires_after(kAcceptPause);
        pause.async_wait([this](error_code stopped) {
          if (!stopped) Accept();
        });
        return;
      }
      LookForNewCertificate();
      if (open < kConnectionsMax) {
        std::make_shared<Connection>(std::move(socket), tls, handler, settings.posts, open)->Begin();
      }
      Accept();
    });
  }

  const Handler handler;
  const Settings settings;
  std::size_t open = 0;                     // listener thread only; outlives the connections that io_context holds
  crypto::ServerPair pair;                  // listener thread only, once it runs
  std::shared_ptr<asio::ssl::context> tls;  // likewise
  asio::io_context io{1};
  tcp::acceptor acceptor{io};
  asio::steady_timer pause{io};
  std::uint16_t port = 0;
  std::thread thread;
};

Result<std::unique_ptr<HttpsListener>> HttpsListener::Start(const Settings& settings, Handler handler) {
  auto state = std::make_unique<State>(settings, std::move(handler));
  TRY_ASSIGN(const crypto::ServerPair::Pem pem, state->pair.Load());
  TRY_ASSIGN(state->tls, Prepare(pem, settings.client_root_file));
  TRY_VOID(Open(state->acceptor, settings));
  error_code failed;
  state->port = state->acceptor.local_endpoint(failed).port();
  if (failed) return Failed(settings.address, failed);
  state->Accept();
  state->thread = std::thread([raw = state.get()] { raw->io.run(); });
  return std::unique_ptr<HttpsListener>(new HttpsListener(std::move(state)));
}

HttpsListener::HttpsListener(std::unique_ptr<State> state) : state_(std::move(state)) {}

HttpsListener::~HttpsListener() {
  state_->io.stop();
  state_->thread.join();
}

std::uint16_t HttpsListener::port() const {
  return state_->port;
}

}  // namespace madoguchi::web
