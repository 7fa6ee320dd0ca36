// SPDX-License-Identifier: Apache-2.0
// The real SMTP server of mail_server.py as a child process; ends with this object. Thread: one at a time.
#pragma once
#include <sys/types.h>

#include <cstdio>
#include <string>

#include "tests/server/outbound/tls_server.h"

namespace madoguchi::outbound::test {

class MailServer {
 public:
  // mode: as mail_server.py says.
  MailServer(const std::string& mode, const Authority& authority);
  ~MailServer();
  MailServer(const MailServer&) = delete;
  MailServer& operator=(const MailServer&) = delete;
  const std::string& port() const { return port_; }
  std::string NextMail();  // its line of JSON; blocks until there is one, "" when the server has ended

 private:
  std::string Line();
  pid_t child_ = -1;
  int input_ = -1;
  std::FILE* output_ = nullptr;
  std::string port_;
};

}  // namespace madoguchi::outbound::test
