// SPDX-License-Identifier: Apache-2.0
#include "server/store/connection.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <utility>

#if defined(__SANITIZE_ADDRESS__)
// libpqxx 6.4.5 loses one result (2 KiB) when a connection drops under a statement: it throws between taking it and
// keeping it.
extern "C" const char* __lsan_default_suppressions();  // NOLINT(bugprone-reserved-identifier): the sanitizer's own name
extern "C" const char* __lsan_default_suppressions() {
  return "leak:libpqxx-6.4\n";
}  // NOLINT(bugprone-reserved-identifier)
#endif

namespace madoguchi::store {
namespace {

// Our settings win over the administrator's: libpq takes the last of a repeated word.
std::string WithOurSettings(const std::string& url, const std::string& purpose) {
  const auto seconds = [](std::chrono::seconds time) { return std::to_string(time.count()); };
  const std::array<std::pair<const char*, std::string>, 6> settings = {{
      {"connect_timeout", seconds(kConnectTimeMax)},
      {"application_name", "madoguchi_" + purpose},
      {"tcp_user_timeout", std::to_string(std::chrono::milliseconds(kSilentNetworkMax).count())},
      {"keepalives_idle", seconds(kSilentNetworkMax)},
      {"keepalives_interval", "1"},
      {"keepalives_count", seconds(kSilentNetworkMax)},
  }};
  const bool is_uri = url.starts_with("postgresql://") || url.starts_with("postgres://");
  std::string text = url;
  for (const auto& [word, value] : settings) {
    if (is_uri) {
      text += text.find('?') == std::string::npos ? '?' : '&';
    } else {
      text += ' ';
    }
    text += std::string(word) + "=" + value;
  }
  return text;
}

}  // namespace

Connection::Connection(const std::string& connection_string, AnswerLimit* limit)
    : limit_(limit), raw_(connection_string), socket_(fcntl(raw_.sock(), F_DUPFD_CLOEXEC, 0)), quiet_(raw_) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wdeprecated-declarations"
  raw_.inhibit_reactivation(true);  // deprecated, yet the only way in pqxx 6 to switch revival off
#pragma GCC diagnostic pop
}

Connection::~Connection() {
  close(socket_);
}

Result<std::unique_ptr<Connection>> Connection::Open(const std::string& url, const std::string& purpose,
                                                     AnswerLimit* limit, std::chrono::milliseconds statement_time_max) {
  try {
    std::unique_ptr<Connection> connection(new Connection(WithOurSettings(url, purpose), limit));
    const AnswerLimit::Watch watch(limit, connection->socket_);
    pqxx::nontransaction settings(connection->raw_);
    settings.exec("SET statement_timeout = " + std::to_string(statement_time_max.count()));
    // What is said to be recorded is on the disk, also where an administrator lets commits be acknowledged earlier.
    settings.exec(
        "SELECT set_config('synchronous_commit', 'on', false) "
        "WHERE current_setting('synchronous_commit') IN ('off', 'local')");
    return connection;
  } catch (...) {
    return std::move(CurrentFailure().error);
  }
}

}  // namespace madoguchi::store
