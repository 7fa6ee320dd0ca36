// SPDX-License-Identifier: Apache-2.0
// HttpsClient: one POST and what became of it, above all whether the other side may have acted on it.
// TLS 1.3 only (RFC 8446), mutual, one pinned root file; no redirects, no proxy, HTTP/1.1 (RFC 9112) with connections
// kept for reuse. A connection that has to be opened anew resumes the TLS session of an earlier one (RFC 8446 §2.2).
// Thread: Post from any thread, blocks up to its deadline. Ownership: the client owns its connections; it must outlive
// every Post.
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
inline constexpr std::size_t kHeaderValueBytesMax = 256;  // of a header that was asked for; a longer one is cut

// PEM files. When one of them is replaced, connections and TLS sessions made with the old one are given up: a renewed
// certificate needs no restart, and a root that is gone vouches for nobody any more.
struct HttpsFiles {
  std::string root;         // the only root that is trusted; the system's roots are not
  std::string certificate;  // ours, with its chain; empty: none is shown
  std::string key;
};

struct HttpsRequest {
  std::string url;                   // https://…; anything else is never sent
  std::vector<std::string> headers;  // "Name: value"
  std::string body;
  std::size_t answer_bytes_max = 0;
  std::vector<std::string> wanted_headers = {};  // names of headers of the answer
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
  std::string detail;                   // for the log, of every fate but kAnswered
  std::vector<std::string> headers;     // of kAnswered: the values of wanted_headers, in their order; empty: not there
  std::chrono::seconds retry_after{0};  // of kAnswered: Retry-After, seconds or date (RFC 9110 §10.2.3); 0: not there
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
  class Sessions;  // TLS sessions of one state of the files, shared by its connections
  std::unique_ptr<Connection> Borrow();
  void Return(std::unique_ptr<Connection> connection);

  const HttpsFiles files_;
  std::mutex mutex_;
  std::string stamp_;                              // of the files, when sessions_ was made; guarded by mutex_
  std::shared_ptr<Sessions> sessions_;             // guarded by mutex_
  std::vector<std::unique_ptr<Connection>> idle_;  // the one used last is used next: it is the likeliest to be alive
};

}  // namespace madoguchi::outbound
