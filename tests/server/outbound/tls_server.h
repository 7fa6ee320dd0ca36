// SPDX-License-Identifier: Apache-2.0
// A small HTTPS server for tests: mutual TLS on a free port of 127.0.0.1, one thread per connection, each request
// answered by a function of the test. Certificates (P-256) are made anew in a temporary directory. Ends, with all its
// threads, when destroyed.
#pragma once
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "server/outbound/https_client.h"

namespace madoguchi::outbound::test {

// A certificate authority with one certificate for 127.0.0.1, good for both ends; PEM files in a directory of its own.
class Authority {
 public:
  explicit Authority(const std::string& name = "Test Root");
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;
  HttpsFiles files() const;
  std::string directory() const { return directory_; }

 private:
  std::string directory_;
};

struct Request {
  std::string path;
  std::string head;  // request line and headers
  std::string body;
};

enum class Then { kKeep, kClose, kStaySilent };

struct Reaction {
  std::string bytes;  // sent as they are
  Then then = Then::kKeep;
};

// A whole answer with Content-Length.
Reaction Answered(int status, const std::string& content_type, const std::string& body);

class TlsServer {
 public:
  // ordinal: 1 for the first request the server gets. Called on the server's threads, one request at a time.
  using Handler = std::function<Reaction(const Request& request, std::size_t ordinal)>;
  TlsServer(const HttpsFiles& files, Handler handler, int tls_version_max = TLS1_3_VERSION);
  ~TlsServer();
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  std::string url() const;
  std::vector<Request> requests() const;
  std::size_t connections() const;
  // Handshakes that went on with the session of an earlier connection (RFC 8446 §2.2).
  std::size_t resumed() const { return resumed_; }
  // No session of before is resumed any more: the next handshake is whole.
  void ForgetSessions();

 private:
  void Accept();
  void Serve(int socket);

  const Handler handler_;
  std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<std::size_t> resumed_ = 0;
  mutable std::mutex mutex_;
  std::mutex handling_;
  std::vector<Request> requests_;
  std::vector<int> sockets_;
  std::vector<std::thread> threads_;
  std::thread acceptor_;
};

// "https://127.0.0.1:port" where nobody listens.
std::string ClosedUrl();

}  // namespace madoguchi::outbound::test
