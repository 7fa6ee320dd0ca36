// SPDX-License-Identifier: Apache-2.0
#include "server/config.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <map>
#include <sstream>

#include "contract/files.h"
#include "server/config_keys.h"

namespace madoguchi::config {
namespace {

Error Invalid(const std::string& key, const std::string& why) {
  return {ErrorCode::kConfigValueInvalid, key + ": " + why, {}};
}

// database.server_url → MADOGUCHI_DATABASE_SERVER_URL
std::string Variable(const std::string& key) {
  std::string name = "MADOGUCHI_" + key;
  for (char& c : name) c = c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return name;
}

using Values = std::map<std::string, std::string>;

Result<Values> ReadFileValues(const std::string& file) {
  Values values;
  if (file.empty()) return values;
  TRY_ASSIGN(const std::string content, ReadSmallFile(file));
  std::istringstream stream(content);
  for (const CLI::ConfigItem& item : CLI::ConfigTOML().from_config(stream)) {
    if (item.name == "++" || item.name == "--") continue;  // where CLI11 saw a section begin and end
    std::string key;
    for (const std::string& parent : item.parents) key += parent + ".";
    key += item.name;
    const bool known = std::any_of(Keys().begin(), Keys().end(), [&key](const Key& one) { return key == one.name; });
    if (!known) return Error{ErrorCode::kConfigKeyUnknown, file + ": " + key, {}};
    if (item.inputs.size() != 1) return Invalid(file + ": " + key, "one value");
    if (!values.emplace(key, item.inputs.front()).second) return Invalid(file + ": " + key, "given once");
  }
  return values;
}

std::vector<std::pair<const char*, std::string Config::*>> Needed(Command command) {
  switch (command) {
    case Command::kMigrate:
      return {{"database.owner_url", &Config::database_owner_url}};
    case Command::kAddDesk:
    case Command::kAddAdministrator:
    case Command::kUnlockAccount:
      return {{"database.owner_url", &Config::database_owner_url}};
    case Command::kRetireTrail:
      return {{"database.owner_url", &Config::database_owner_url},
              {"audit.signing_key_file", &Config::audit_signing_key_file}};
    case Command::kMakeTrailKey:
      return {{"identity.directory", &Config::identity_directory},
              {"audit.signing_key_file", &Config::audit_signing_key_file}};
    case Command::kWitness:
      return {};
    case Command::kAddConsole:
    case Command::kAddReceiver:
    case Command::kExportIdentity:
      return {{"database.owner_url", &Config::database_owner_url},
              {"identity.directory", &Config::identity_directory},
              {"identity.passphrase_file", &Config::identity_passphrase_file}};
    case Command::kImportIdentity:
    case Command::kInitIdentity:
      return {{"identity.directory", &Config::identity_directory},
              {"identity.passphrase_file", &Config::identity_passphrase_file}};
    case Command::kServe:
    case Command::kCheckConfig:
      break;
  }
  return {{"database.server_url", &Config::database_server_url},
          {"identity.directory", &Config::identity_directory},
          {"identity.passphrase_file", &Config::identity_passphrase_file},
          {"eligibility.url", &Config::eligibility_url},
          {"eligibility.root_file", &Config::eligibility_root_file},
          {"eligibility.certificate_file", &Config::eligibility_certificate_file},
          {"eligibility.key_file", &Config::eligibility_key_file},
          {"audit.key_file", &Config::audit_key_file},
          {"audit.signing_key_file", &Config::audit_signing_key_file},
          {"account.seal_key_file", &Config::account_seal_key_file}};
}

// The command line as CLI11 sees it. Every value is text here; the table judges it.
struct CommandLine {
  explicit CommandLine(Config& config) : app("Madoguchi: the clinic server of the online eligibility check.") {
    app.set_version_flag("--version", MADOGUCHI_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    app.add_option("--config", file, "configuration file, INI/TOML with sections: [database], then server_url = \"…\"");
    for (const Key& key : Keys()) {
      options[key.name] =
          app.add_option("--" + std::string(key.name), values[key.name], key.help)->envname(Variable(key.name));
    }
    Add("serve", "serve desks until SIGTERM or SIGINT", Command::kServe);
    Add("migrate", "bring the database to this program's schema", Command::kMigrate);
    CLI::App* const identity =
        Add("init-identity", "make the facility CA and the server certificate", Command::kInitIdentity);
    identity->add_option("--server-name", config.server_names, "DNS name that desks use; may be given again")
        ->required();
    identity->add_option("--server-ip", config.server_ips, "IP address that desks use; may be given again");
    CLI::App* const desk =
        Add("add-desk", "add a desk and print its one-time enrolment token as JSON", Command::kAddDesk);
    desk->add_option("--name", config.desk_name, "the desk's name, as people call it")->required();
    desk->add_option("--institution", config.institution_code, "institution code, 10 digits")->required();
    desk->add_option("--account", config.account_id, "device account, such as W0000001")->required();
    CLI::App* const console =
        Add("add-console", "let a console in: write its certificate and key into a directory", Command::kAddConsole);
    console->add_option("--name", config.console_name, "the console's name, as people call it")->required();
    console
        ->add_option("--directory", config.console_directory, "directory for console.pem, console.key, facility-ca.pem")
        ->required();
    CLI::App* const receiver =
        Add("add-receiver", "let a program ask for results: write its certificate and key into a directory",
            Command::kAddReceiver);
    receiver->add_option("--name", config.receiver_name, "the program's name, as people call it")->required();
    receiver
        ->add_option("--directory", config.receiver_directory,
                     "directory for receiver.pem, receiver.key, facility-ca.pem")
        ->required();
    CLI::App* const copy = Add("export-identity", "write a recovery copy of the facility CA", Command::kExportIdentity);
    CLI::App* const restore =
        Add("import-identity", "make an identity directory from a recovery copy", Command::kImportIdentity);
    for (CLI::App* const one : {copy, restore}) {
      one->add_option("--file", config.recovery_file, "the recovery copy, mode 0600")->required();
      one->add_option("--copy-passphrase-file", config.recovery_passphrase_file,
                      "file, mode 0600, with the copy's own passphrase: 12 to 512 bytes")
          ->required();
    }
    restore->add_option("--server-name", config.server_names, "DNS name that desks use; may be given again")
        ->required();
    restore->add_option("--server-ip", config.server_ips, "IP address that desks use; may be given again");
    CLI::App* const administrator = Add("add-administrator", "add an administrator; the first one, or one more as root",
                                        Command::kAddAdministrator);
    administrator->add_option("--user", config.user_id, "user id: a mail address")->required();
    administrator->add_option("--name", config.user_name, "the person's name")->required();
    administrator
        ->add_option("--credentials-file", config.credentials_file,
                     "new file, mode 0600, for user id and first password")
        ->required();
    CLI::App* const unlock =
        Add("unlock-account", "end the lock of a device account early, as root", Command::kUnlockAccount);
    unlock->add_option("--institution", config.institution_code, "institution code, 10 digits")->required();
    unlock->add_option("--account", config.account_id, "device account, such as W0000001")->required();
    CLI::App* const retire = Add("retire-trail",
                                 "retire one partition of the trail that is older than audit.retention_years; a signed "
                                 "tombstone stays. Prints what goes as JSON",
                                 Command::kRetireTrail);
    retire
        ->add_option("--partition", config.retire_partition,
                     "its name, as madoguchi-admin audit partitions shows it, such as audit_event_2026_11")
        ->required();
    retire->add_option("--by", config.retire_by, "user id of who retires it, as it stands in the tombstone")
        ->required();
    retire->add_option("--reason", config.retire_reason, "why, one line; it stands in the tombstone")->required();
    retire->add_flag("--dry-run", config.retire_dry_run, "look at everything, retire nothing");
    Add("make-trail-key",
        "make the key that signs the trail (audit.signing_key_file) and print its verifier key as JSON",
        Command::kMakeTrailKey);
    CLI::App* const witness =
        Add("witness", "hold the checkpoints of another server's trail and cosign them (C2SP tlog-witness)",
            Command::kWitness);
    witness->add_option("--directory", config.witness_directory, "directory for its own key and the newest checkpoint")
        ->required();
    witness->add_option("--log-key", config.witness_log_key_file, "file with the trail's verifier key, one line")
        ->required();
    witness->add_option("--name", config.witness_name, "its name in cosignatures, such as witness.example/one")
        ->required();
    witness->add_option("--certificate", config.witness_certificate_file, "PEM file: the listener's certificate")
        ->required();
    witness->add_option("--key", config.witness_tls_key_file, "PEM file, mode 0600: its key")->required();
    Add("check-config", "check configuration, files and identity; start nothing", Command::kCheckConfig);
  }
  CLI::App* Add(const char* name, const char* help, Command command) {
    CLI::App* const added = app.add_subcommand(name, help);
    commands.emplace_back(added, command);
    return added;
  }

  CLI::App app;
  std::string file;
  Values values;
  std::map<std::string, CLI::Option*> options;
  std::vector<std::pair<CLI::App*, Command>> commands;
};

// Parses into `line`. False: help or version was printed.
Result<bool> Parse(CommandLine& line, int argc, const char* const* argv) {
  try {
    line.app.parse(argc, argv);
    return true;
  } catch (const CLI::Success& asked) {
    line.app.exit(asked, std::cout, std::cerr);
    return false;
  } catch (const CLI::ExtrasError& unknown) {
    return Error{ErrorCode::kConfigKeyUnknown, "command line: " + std::string(unknown.what()), {}};
  } catch (const CLI::RequiredError& missing) {
    return Error{ErrorCode::kConfigValueMissing, "command line: " + std::string(missing.what()), {}};
  } catch (const CLI::Error& wrong) {
    return Error{ErrorCode::kConfigValueInvalid, "command line: " + std::string(wrong.get_name()), {}};
  }
}

}  // namespace

std::string Listen::Text() const {
  const bool is_v6 = host.find(':') != std::string::npos;
  return (is_v6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

Result<std::optional<Config>> ReadConfig(int argc, const char* const* argv) {
  Config config;
  config.app_migrations_directory = MADOGUCHI_MIGRATIONS_DIRECTORY;
  CommandLine line(config);
  TRY_ASSIGN(const bool parsed, Parse(line, argc, argv));
  if (!parsed) return std::optional<Config>();
  for (const auto& [subcommand, command] : line.commands) {
    if (subcommand->parsed()) config.command = command;
  }
  TRY_ASSIGN(const Values from_file, ReadFileValues(line.file));
  for (const Key& key : Keys()) {
    const bool given = line.options[key.name]->count() > 0;
    const auto in_file = from_file.find(key.name);
    if (!given && in_file == from_file.end()) continue;
    const std::string& value = given ? line.values[key.name] : in_file->second;
    if (!key.set(config, value)) return Invalid(key.name, key.help);
    config.given.emplace(key.name, value);
  }
  for (const auto& [name, field] : Needed(config.command)) {
    if ((config.*field).empty()) {
      return Error{ErrorCode::kConfigValueMissing,
                   std::string(name) + " (flag --" + name + ", variable " + Variable(name) + ")",
                   {}};
    }
  }
  if (!config.mail_url.empty() && config.mail_from.empty()) {
    return Error{ErrorCode::kConfigValueMissing, "mail.from (mail.url is set)", {}};
  }
  if (!config.mail_user.empty() && config.mail_password_file.empty()) {
    return Error{ErrorCode::kConfigValueMissing, "mail.password_file (mail.user is set)", {}};
  }
  TRY_VOID(audit::CheckSinkTogether(config.audit_sink));
  if (!config.audit_witness_url.empty() &&
      (config.audit_witness_root_file.empty() || config.audit_witness_verifier_key.empty())) {
    return Error{ErrorCode::kConfigValueMissing,
                 "audit.witness_root_file and audit.witness_verifier_key (audit.witness_url is set)",
                 {}};
  }
  TRY_VOID(handoff::CheckTogether(config.handoff, std::chrono::seconds(config.desk_show_again_seconds),
                                  config.number_inquiry));
  return std::optional<Config>(std::move(config));
}

}  // namespace madoguchi::config
