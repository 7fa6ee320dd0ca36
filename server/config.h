// SPDX-License-Identifier: Apache-2.0
// Config: everything a person can set, from one place: flags, then MADOGUCHI_… variables, then the file of --config
// (INI/TOML with sections), then the defaults. Every key is one line of the list in config_keys.cpp, and so in --help.
// Errors: CONFIG_KEY_UNKNOWN (names file and key) · CONFIG_VALUE_INVALID · CONFIG_VALUE_MISSING · CONFIG_FILE_…. Values
// are never repeated in an error: they may hold a password.
#pragma once
#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "contract/limits.h"
#include "contract/log.h"
#include "contract/result.h"
#include "server/audit/sink_settings.h"
#include "server/handoff/settings.h"

namespace madoguchi::config {

enum class Command {
  kServe,
  kMigrate,
  kInitIdentity,
  kAddDesk,
  kCheckConfig,
  kAddConsole,
  kAddReceiver,
  kExportIdentity,
  kImportIdentity,
  kAddAdministrator,
  kUnlockAccount,
  kRetireTrail,
  kMakeTrailKey,
  kWitness
};

// "127.0.0.1:0", "[::1]:8443"; port 0 = any free port.
struct Listen {
  std::string host;  // an IP address, without brackets
  std::uint16_t port = 0;
  std::string Text() const;
};

struct Config {
  Command command = Command::kServe;
  std::map<std::string, std::string>
      given;  // keys that are not left at their defaults, with what was given; never logged
  std::string database_server_url, database_owner_url;
  std::string identity_directory, identity_passphrase_file;
  Listen desk_listen{"127.0.0.1", 8443}, enrolment_listen{"127.0.0.1", 8444}, telemetry_listen{"127.0.0.1", 9464},
      console_listen{"127.0.0.1", 8445};
  std::string desk_public_address, enrolment_public_address;  // host:port as desks reach them
  bool desk_operators = true;
  std::uint32_t desk_operator_idle_minutes = 15;
  std::uint32_t console_idle_minutes = 15, console_session_hours = 12;
  std::string account_seal_key_file;
  bool account_manual = true;        // account.national = manual: nothing is told to the national side
  bool account_strict_lock = false;  // account.lock = per_account
  std::uint32_t account_password_length_min = 13;
  std::string mail_url, mail_from, mail_user, mail_password_file, mail_root_file;  // url empty: mails wait in the queue
  std::uint32_t eligibility_calls_max = 32;
  std::string eligibility_url, eligibility_root_file, eligibility_certificate_file, eligibility_key_file;
  std::string audit_key_file;
  std::vector<std::string> audit_retired_key_files;  // the newest first
  std::string audit_witness_file, audit_witness_url, audit_witness_root_file, audit_witness_certificate_file,
      audit_witness_key_file, audit_witness_verifier_key;
  std::string audit_signing_key_file, audit_origin;  // origin empty: the first server name and "/trail"
  std::uint32_t audit_retention_years = 5;
  audit::SinkSettings audit_sink;
  bool sight_reference = false;  // sight.scheme = reference
  bool number_inquiry = false;
  std::uint32_t desk_show_again_seconds = 0;
  handoff::Settings handoff;
  std::uint32_t check_workers = 64;
  std::uint32_t check_queue = 128;
  std::chrono::milliseconds check_deadline = limits::kCheckDeadline;
  log::Level log_level = log::Level::kInfo;
  std::string app_ready_file;  // empty: none is written
  std::string app_migrations_directory;

  // Arguments of one command.
  std::vector<std::string> server_names, server_ips;       // init-identity, import-identity
  std::string console_name, console_directory;             // add-console
  std::string receiver_name, receiver_directory;           // add-receiver
  std::string recovery_file, recovery_passphrase_file;     // export-identity, import-identity
  std::string desk_name, institution_code, account_id;     // add-desk; the last two also unlock-account
  std::string user_id, user_name, credentials_file;        // add-administrator
  std::string retire_partition, retire_by, retire_reason;  // retire-trail
  bool retire_dry_run = false;
  std::string witness_directory, witness_log_key_file, witness_name;  // witness
  std::string witness_certificate_file, witness_tls_key_file;         // witness
  Listen witness_listen{"127.0.0.1", 8446};                           // witness
};

// Nothing: help or version was asked for and printed.
Result<std::optional<Config>> ReadConfig(int argc, const char* const* argv);

}  // namespace madoguchi::config
