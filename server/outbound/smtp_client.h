// SPDX-License-Identifier: Apache-2.0
// SmtpClient: hands one finished message to the mail server (RFC 5321, libcurl inside). smtp:// begins in clear and
// must turn to TLS before anything else is said (STARTTLS, RFC 3207; otherwise nothing is sent); smtps:// is TLS from
// the start. TLS 1.3, the server's certificate must chain to `root_file` and bear its name. No proxy. One connection
// per message. Thread: Send from any thread, blocks up to its deadline. Ownership: user and password are copied; the
// password is read anew from its file for every message.
#pragma once
#include <chrono>
#include <cstddef>
#include <string>

#include "contract/deadline.h"
#include "contract/result.h"

namespace madoguchi::outbound {

inline constexpr std::size_t kSmtpMessageBytesMax = 128 * 1024;
inline constexpr std::chrono::milliseconds kSmtpConnectTimeout{10'000};

struct SmtpServer {
  std::string url;            // smtp://host[:port] or smtps://host[:port]
  std::string user;           // empty: without log-in
  std::string password_file;  // mode 0600, one line
  std::string root_file;      // PEM; empty: the system's roots
};

class SmtpClient {
 public:
  explicit SmtpClient(SmtpServer server);
  // message: whole, with CRLF lines. MAIL_NOT_SENT: detail names the step or the server's code, never an address.
  Result<void> Send(const std::string& from, const std::string& recipient, const std::string& message,
                    Deadline deadline) const;

 private:
  const SmtpServer server_;
};

}  // namespace madoguchi::outbound
