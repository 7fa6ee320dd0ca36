// SPDX-License-Identifier: Apache-2.0
#include "server/audit/sink_settings.h"

#include <unistd.h>

#include <algorithm>
#include <charconv>

#include "contract/crypto/server_pair.h"
#include "contract/files.h"
#include "server/audit/file_sink.h"

namespace madoguchi::audit {
namespace {

constexpr const char* kFile = "file";
constexpr const char* kSyslog = "syslog";
constexpr const char* kHostCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:";

auto Text(std::string SinkSettings::*field) {
  return [field](SinkSettings& settings, const std::string& value) {
    settings.*field = value;
    return true;
  };
}

bool SetKind(SinkSettings& settings, const std::string& value) {
  settings.kind = value == "none" ? "" : value;
  return value == "none" || value == kFile || value == kSyslog;
}

// Absolute: a server may be started from anywhere.
bool SetDirectory(SinkSettings& settings, const std::string& value) {
  settings.directory = value;
  return value.empty() || value.starts_with('/');
}

// "host", "host:port", "[::1]", "[::1]:6514".
bool SetHost(SinkSettings& settings, const std::string& value) {
  const std::size_t bracket = value.starts_with('[') ? value.find(']') : std::string::npos;
  const std::size_t colon = value.find(':', bracket == std::string::npos ? 0 : bracket);
  std::string host = value.substr(0, colon);
  if (bracket != std::string::npos) host = value.substr(1, bracket - 1);
  if (bracket != std::string::npos && std::min(colon, value.size()) != bracket + 1) return false;
  std::uint16_t port = kSyslogTlsPort;
  if (colon != std::string::npos) {
    const char* const end = value.data() + value.size();
    const auto [read, failed] = std::from_chars(value.data() + colon + 1, end, port);
    if (failed != std::errc() || read != end || port == 0) return false;
  }
  settings.host = host;
  settings.port = port;
  return value.empty() || (!host.empty() && host.size() <= kSyslogHostNameBytesMax &&
                           host.find_first_not_of(kHostCharacters) == std::string::npos);
}

Error Missing(const std::string& key, const char* kind) {
  return {ErrorCode::kConfigValueMissing, key + " (audit.sink is " + kind + ")", {}};
}

}  // namespace

const std::vector<SinkSettingKey>& SinkSettingKeys() {
  static const std::vector<SinkSettingKey> keys = {
      {"audit.sink",
       "second copy of the trail as it grows: none, file or syslog. It may lag and never holds up a check [none]",
       SetKind},
      {"audit.sink_directory",
       "folder for one file a day, trail-YYYY-MM-DD.ndjson, best on another disk; nothing is ever deleted there",
       SetDirectory},
      {"audit.sink_host", "host or host:port of a syslog receiver over TLS (RFC 5425) [port 6514]", SetHost},
      {"audit.sink_root_file", "PEM file: the root that the receiver's certificate must chain to",
       Text(&SinkSettings::root_file)},
      {"audit.sink_certificate_file", "PEM file: our certificate for the receiver [none]",
       Text(&SinkSettings::certificate_file)},
      {"audit.sink_key_file", "PEM file, mode 0600: the key of that certificate; needed with it",
       Text(&SinkSettings::key_file)},
  };
  return keys;
}

Result<void> CheckSinkTogether(const SinkSettings& settings) {
  if (settings.kind == kFile && settings.directory.empty()) return Missing("audit.sink_directory", kFile);
  if (settings.kind != kSyslog) return {};
  if (settings.host.empty()) return Missing("audit.sink_host", kSyslog);
  if (settings.root_file.empty()) return Missing("audit.sink_root_file", kSyslog);
  if (settings.certificate_file.empty() != settings.key_file.empty()) {
    return Error{ErrorCode::kConfigValueMissing, "audit.sink_certificate_file and audit.sink_key_file go together", {}};
  }
  return {};
}

Result<void> CheckSinkFiles(const SinkSettings& settings) {
  if (settings.kind == kFile && access(settings.directory.c_str(), R_OK | W_OK | X_OK) != 0) {
    return Error{ErrorCode::kConfigFileUnwritable, settings.directory + ": no folder that can be written", {}};
  }
  if (settings.kind != kSyslog) return {};
  TRY_VOID(ReadSmallFile(settings.root_file));
  if (settings.key_file.empty()) return {};
  TRY_ASSIGN(const std::string chain, ReadSmallFile(settings.certificate_file));
  TRY_ASSIGN(const std::string key, ReadPrivateFile(settings.key_file));
  if (crypto::IsKeyOf(key, chain)) return {};
  return Error{ErrorCode::kConfigValueInvalid, settings.key_file + ": not the key of " + settings.certificate_file, {}};
}

std::unique_ptr<Sink> MakeSink(const SinkSettings& settings) {
  if (settings.kind == kFile) return std::make_unique<FileSink>(settings.directory);
  return std::make_unique<SyslogSink>(web::TlsPeer{.host = settings.host,
                                                   .port = settings.port,
                                                   .root_file = settings.root_file,
                                                   .certificate_file = settings.certificate_file,
                                                   .key_file = settings.key_file});
}

}  // namespace madoguchi::audit
