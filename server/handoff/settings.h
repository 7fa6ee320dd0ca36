// SPDX-License-Identifier: Apache-2.0
// Settings: what a person can set of the hand-off; everything is off by default. The keys are listed once
// (settings.cpp) and become part of the program's configuration (server/config.h). Thread: values. Errors:
// CONFIG_VALUE_MISSING · CONFIG_VALUE_INVALID name the keys, never a value · CONFIG_FILE_… of the files.
#pragma once
#include <chrono>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "contract/result.h"
#include "server/handoff/outbox.h"

namespace madoguchi::handoff {

struct Settings {
  std::string key_directory;
  std::string oqs_folder;
  bool oqs_shift_jis = false;
  std::uint32_t oqs_stay_minutes = 0;  // 0: never cleaned
  std::string requests_folder, responses_folder, requests_desk;
  std::string webhook_url;
  bool webhook_fhir = false;
  std::string webhook_root_file, webhook_certificate_file, webhook_key_file, webhook_signing_key_file;
  std::string pull_host;  // IP address; empty: off
  std::uint16_t pull_port = 0;
  std::set<std::string> pull_clients;  // SHA-256 of certificates, hex, lower case

  Channels channels(std::chrono::seconds show_again) const;
};

struct SettingKey {
  const char* name;                                        // "handoff.oqs_folder"
  const char* help;                                        // with unit, range and default
  std::function<bool(Settings&, const std::string&)> set;  // false: not a value of this key
};
const std::vector<SettingKey>& SettingKeys();

// What belongs together is there. number_inquiry: as configured.
Result<void> CheckTogether(const Settings& settings, std::chrono::seconds show_again, bool number_inquiry);
// Key directory, files of the webhook and folders as they are now. HANDOFF_FOLDER_… of a folder that cannot be used.
Result<void> CheckFiles(const Settings& settings, std::chrono::seconds show_again);
// The key directory alone: exists, and nobody else may use it.
Result<void> CheckKeyDirectory(const std::string& directory);

}  // namespace madoguchi::handoff
