// SPDX-License-Identifier: Apache-2.0
// A real syslog receiver for tests: Debian's rsyslogd on a free port of 127.0.0.1, TLS (RFC 5425), every message as it
// came on a line of a file. Precondition: rsyslog and rsyslog-gnutls are installed. Ends when destroyed.
#pragma once
#include <string>
#include <vector>

#include "contract/web/tls_sender.h"
#include "tests/proto/contract/web/silent_peer.h"

namespace madoguchi::audit::test {

class SyslogReceiver {
 public:
  SyslogReceiver();
  ~SyslogReceiver();
  SyslogReceiver(const SyslogReceiver&) = delete;
  SyslogReceiver& operator=(const SyslogReceiver&) = delete;

  // With the root its certificate chains to; the certificate it wants to see is there, too.
  web::TlsPeer address() const;
  void Freeze();  // it accepts and never reads
  void Thaw();
  void Kill();
  // On the same port.
  void Start();
  // Blocks until the file has so many lines, or gives what there is after a while.
  std::vector<std::string> WaitForLines(std::size_t count) const;

 private:
  void WriteConfiguration() const;
  const web::test::SilentPeer files_{web::test::SilentPeer::Does::kRead};  // for its certificates
  int process_ = -1;
  std::uint16_t port_ = 0;
};

}  // namespace madoguchi::audit::test
