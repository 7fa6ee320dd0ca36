// SPDX-License-Identifier: Apache-2.0
// HttpsClient: one POST and what became of it, above all whether the other side may have acted on it.
// TLS 1.3 only (RFC 8446), mutual, one pinned root file; no redirects, no proxy, HTTP/1.1 (RFC 9112) with connections
// kept for reuse. Thread: Post from any thread, blocks up to its deadline. Ownership: the client owns its connections;
// it must outlive every Post.
// The first client of a process makes it ignore SIGPIPE.
#pragma once
#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "contract/deadline.h"

namespace madoguchi::outbound {

inline constexpr std::size_t kIdleConnectionsMax = 16;             // more than this at once is served, but not kept
inline constexpr std::chrono::milliseconds kConnectTimeout{3000};  // name, TCP and TLS together
inline constexpr std::size_t kContentTypeBytesMax = 128;           // a longer one is cut

// PEM files, read again for every new connection: a renewed certificate needs no restart.
struct HttpsFiles {
  std::string root;         // the only root that is trusted; the system's roots are not
  std::string certificate;  // ours, with its chain
  std::string key;
};

struct HttpsRequest {
  std::string url;                   // https://…; anything else is never sent
  std::vector<std::string> headers;  // "Name: value"
  std::string body;
  std::size_t answer_bytes_max = 0;
};

enum class Fate {
  kUnreachable,  // no name, no connection, or no time left: nothing was sent
  kTlsRefused,   // one side did not accept the other's certificate or TLS version: the request was not looked at
  kUnanswered,   // it was sent, at least in part, and no whole answer came: it may have been acted on
  kTooLarge,     // answered with more than answer_bytes_max
  kAnswered,     // status, content type and body are whole
};

struct HttpsOutcome {
  Fate fate = Fate::kUnreachable;
  int status = 0;
  std::string content_type;  // without parameters, lower case
  std::string body;
  std::string detail;  // for the log, of every fate but kAnswered
};

class HttpsClient {
 public:
  explicit HttpsClient(HttpsFiles files);
  ~HttpsClient();
  HttpsClient(const HttpsClient&) = delete;
  HttpsClient& operator=(const HttpsClient&) = delete;
  HttpsOutcome Post(const HttpsRequest& request, Deadline deadline);

 private:
  class Connection;
  std::unique_ptr<Connection> Borrow();
  void Return(std::unique_ptr<Connection> connection);

  const HttpsFiles files_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Connection>> idle_;  // the one used last is used next: it is the likeliest to be alive
};

}  // namespace madoguchi::outbound
