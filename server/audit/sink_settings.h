// SPDX-License-Identifier: Apache-2.0
// SinkSettings: what a person can set of the trail's second sink; none by default. The keys are listed once
// (sink_settings.cpp) and become part of the program's configuration (server/config.h). Thread: values. Errors:
// CONFIG_VALUE_MISSING · CONFIG_VALUE_INVALID name the keys, never a value · CONFIG_FILE_… of the files.
#pragma once
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "contract/result.h"
#include "server/audit/sink.h"
#include "server/audit/syslog_sink.h"

namespace madoguchi::audit {

struct SinkSettings {
  std::string kind;       // "file" or "syslog"; empty: none
  std::string directory;  // of "file"
  std::string host;       // of "syslog", as the files
  std::uint16_t port = kSyslogTlsPort;
  std::string root_file, certificate_file, key_file;

  std::string follower() const { return "sink." + kind; }  // its name in trail_follower
};

struct SinkSettingKey {
  const char* name;  // "audit.sink"
  const char* help;
  std::function<bool(SinkSettings&, const std::string&)> set;  // false: not a value of this key
};
const std::vector<SinkSettingKey>& SinkSettingKeys();

// What belongs together is there.
Result<void> CheckSinkTogether(const SinkSettings& settings);
// Folder and files as they are now.
Result<void> CheckSinkFiles(const SinkSettings& settings);
// Precondition: kind is not empty.
std::unique_ptr<Sink> MakeSink(const SinkSettings& settings);

}  // namespace madoguchi::audit
