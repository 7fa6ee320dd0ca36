// SPDX-License-Identifier: Apache-2.0
// A small HTTPS listener (Boost.Beast, TLS 1.3 only) for what needs no session: metrics and health, and results for
// receivers that ask for them with a certificate. One thread of its own. The handler runs on that thread: while it
// blocks, nobody else is answered.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "contract/result.h"

namespace madoguchi::web {

inline constexpr std::size_t kRequestBytesMax = 8 * 1024;  // header and body
inline constexpr std::size_t kConnectionsMax = 64;         // more are closed at once
inline constexpr int kConnectionSecondsMax = 10;           // one request and its answer, handshake included

struct Response {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};
struct Request {
  std::string method = "GET";      // or "POST" where Settings allow it
  std::string path;                // without query
  std::string query = {};          // what stands after '?'
  std::string accept = {};         // the header
  std::string body = {};           // of a POST
  std::string client_sha256 = {};  // of the client's certificate, hex; empty where none is asked for
  std::string address = {};        // IP address it came from; empty: not known
};
using Handler = std::function<Response(const Request& request)>;

class HttpsListener {
 public:
  struct Settings {
    std::string address;                     // IP address to bind
    std::uint16_t port;                      // 0 = any free port
    std::string certificate_file, key_file;  // PEM; read again when they change (crypto/server_pair.h)
    // PEM file: a client needs a certificate that chains to this root, for TLS clients (RFC 5280 §4.2.1.12). Empty:
    // none is asked for.
    std::string client_root_file = {};
    bool posts = false;  // else GET only
  };
  // LISTENER_FAILED (address in use, not permitted) or a CONFIG_… code of the files.
  static Result<std::unique_ptr<HttpsListener>> Start(const Settings& settings, Handler handler);
  ~HttpsListener();  // stops and joins
  HttpsListener(const HttpsListener&) = delete;
  HttpsListener& operator=(const HttpsListener&) = delete;
  std::uint16_t port() const;

 private:
  struct State;
  explicit HttpsListener(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace madoguchi::web
