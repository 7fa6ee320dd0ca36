// SPDX-License-Identifier: Apache-2.0
// A small HTTPS listener (Boost.Beast, TLS 1.3 only) for pages that need no session: metrics and health.
// One thread of its own. The handler runs on that thread and must not block on card, database or network.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "contract/result.h"

namespace madoguchi::web {

inline constexpr std::size_t kRequestBytesMax = 8 * 1024;      // header and body
inline constexpr std::size_t kConnectionsMax = 64;             // more are closed at once
inline constexpr int kConnectionSecondsMax = 10;               // one request and its answer, handshake included

struct Response {
  int status = 200;
  std::string content_type = "text/plain; charset=utf-8";
  std::string body;
};
// GET only; `path` without query.
using Handler = std::function<Response(const std::string& path)>;

class HttpsListener {
 public:
  struct Settings {
    std::string address;  // IP address to bind
    std::uint16_t port;   // 0 = any free port
    std::string certificate_file, key_file;  // PEM; read again when they change (crypto/server_pair.h)
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
