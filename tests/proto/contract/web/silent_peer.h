// SPDX-License-Identifier: Apache-2.0
// A peer that reads TLS and never answers, for tests: on a free port of 127.0.0.1, one connection after the other, with
// a certificate made on the spot. Ends, with its thread, when destroyed.
#pragma once
#include <openssl/ssl.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "contract/web/tls_sender.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::web::test {

class SilentPeer {
 public:
  // kReadFarAway: like kRead at the other end of a long line: nothing that the client sends after its close_notify
  // arrives, and nothing of it is acknowledged.
  enum class Does { kRead, kReadFarAway, kNeverShake, kNeverRead, kLeaveEarly, kReadAndDie };
  // names: of its certificate, as OpenSSL's subjectAltName goes on after "DNS:".
  explicit SilentPeer(Does does, int tls_version_max = TLS1_3_VERSION, bool wants_certificate = false,
                      const std::string& names = "localhost");
  ~SilentPeer();
  SilentPeer(const SilentPeer&) = delete;
  SilentPeer& operator=(const SilentPeer&) = delete;

  web::TlsPeer address() const;  // with the root that its certificate chains to
  std::string File(const std::string& name) const { return folder_.File(name); }
  // What each connection brought that ended by the client's close_notify.
  std::vector<std::string> received() const;
  void Becomes(Does does) { does_ = does; }
  // What the newest handshake asked for; "(none)": no name.
  std::string asked_for() const;
  // Blocks until a handshake is over.
  void WaitForHandshake();

 private:
  void Work();
  void Serve(int socket);
  void WaitForEnd(int socket) const;

  const TestFolder folder_;
  std::atomic<Does> does_;
  SSL_CTX* const context_;
  int listener_ = -1, end_ = -1;
  std::uint16_t port_ = 0;
  mutable std::mutex mutex_;
  std::condition_variable shaken_;
  int handshakes_ = 0;                 // guarded by mutex_
  std::string asked_for_;              // guarded by mutex_
  std::vector<std::string> received_;  // guarded by mutex_
  std::thread thread_;
};

}  // namespace madoguchi::web::test
