// SPDX-License-Identifier: Apache-2.0
#include "server/config_keys.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <sstream>
#include <string_view>

#include "server/audit/trail.h"

namespace madoguchi::config {
namespace {

constexpr std::size_t kOriginBytesMax = 100;
constexpr const char* kHostCharacters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:[]";

KeySetter Text(std::string Config::*field) {
  return [field](Config& config, const std::string& value) {
    config.*field = value;
    return true;
  };
}

std::optional<std::uint32_t> ReadNumber(std::string_view text, std::uint32_t least, std::uint32_t most) {
  std::uint32_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size() || number < least || number > most) return {};
  return number;
}

KeySetter Number(std::uint32_t Config::*field, std::uint32_t least, std::uint32_t most) {
  return [=](Config& config, const std::string& value) {
    const std::optional<std::uint32_t> number = ReadNumber(value, least, most);
    if (number) config.*field = *number;
    return number.has_value();
  };
}

KeySetter Milliseconds(std::chrono::milliseconds Config::*field, std::uint32_t least, std::uint32_t most) {
  return [=](Config& config, const std::string& value) {
    const std::optional<std::uint32_t> number = ReadNumber(value, least, most);
    if (number) config.*field = std::chrono::milliseconds(*number);
    return number.has_value();
  };
}

KeySetter Address(Listen Config::*field) {
  return [field](Config& config, const std::string& value) {
    const std::size_t colon = value.rfind(':');
    if (colon == std::string::npos || colon == 0) return false;
    std::string host = value.substr(0, colon);
    const bool is_v6 = host.front() == '[' && host.back() == ']';
    if (is_v6) host = host.substr(1, host.size() - 2);
    in6_addr address;  // large enough for both kinds
    const std::optional<std::uint32_t> port = ReadNumber(std::string_view(value).substr(colon + 1), 0, 65535);
    if (inet_pton(is_v6 ? AF_INET6 : AF_INET, host.c_str(), &address) != 1 || !port) return false;
    config.*field = {host, static_cast<std::uint16_t>(*port)};
    return true;
  };
}

// host:port, as it is printed into enrolment links and QR codes.
KeySetter PublicAddress(std::string Config::*field) {
  return [field](Config& config, const std::string& value) {
    config.*field = value;
    const std::size_t colon = value.rfind(':');
    return value.empty() ||
           (colon != std::string::npos && colon > 0 && value.find_first_not_of(kHostCharacters) == std::string::npos &&
            ReadNumber(std::string_view(value).substr(colon + 1), 1, 65535).has_value());
  };
}

bool SetUrl(Config& config, const std::string& value) {
  config.eligibility_url = value;
  return value.empty() || value.starts_with("https://");
}

// "on"/"off", or two other words.
KeySetter Choice(bool Config::*field, const char* no, const char* yes) {
  return [=](Config& config, const std::string& value) {
    if (value != no && value != yes) return false;
    config.*field = value == yes;
    return true;
  };
}

bool SetMailUrl(Config& config, const std::string& value) {
  config.mail_url = value;
  return value.empty() || value.starts_with("smtp://") || value.starts_with("smtps://");
}

// One plain address: what a mail server takes between < and >.
bool SetMailFrom(Config& config, const std::string& value) {
  config.mail_from = value;
  const std::size_t at = value.find('@');
  const bool plain = std::all_of(value.begin(), value.end(), [](unsigned char c) {
    return c > ' ' && c < 0x7f && c != '<' && c != '>' && c != ',' && c != ';' && c != '"';
  });
  return value.empty() || (plain && at != 0 && at != std::string::npos && at + 1 < value.size() &&
                           value.find('@', at + 1) == std::string::npos && value.size() <= 254);
}

// As C2SP signed-note wants a key's name: neither space nor '+'; ASCII, so that it looks the same everywhere.
bool SetOrigin(Config& config, const std::string& value) {
  config.audit_origin = value;
  return value.size() <= kOriginBytesMax &&
         std::all_of(value.begin(), value.end(), [](char c) { return c > ' ' && c <= '~' && c != '+'; });
}

bool SetWitnessUrl(Config& config, const std::string& value) {
  config.audit_witness_url = value;
  return value.empty() || (value.starts_with("https://") && value.back() != '/');
}

bool SetRetiredKeys(Config& config, const std::string& value) {
  config.audit_retired_key_files.clear();
  std::istringstream files(value);
  for (std::string file; std::getline(files, file, ',');) {
    const std::size_t first = file.find_first_not_of(' ');
    if (first == std::string::npos) return false;
    config.audit_retired_key_files.push_back(file.substr(first, file.find_last_not_of(' ') - first + 1));
  }
  return config.audit_retired_key_files.size() < audit::kKeyEpochsMax;
}

bool SetLevel(Config& config, const std::string& value) {
  static const std::map<std::string, log::Level> levels = {{"debug", log::Level::kDebug},
                                                           {"info", log::Level::kInfo},
                                                           {"warning", log::Level::kWarning},
                                                           {"error", log::Level::kError}};
  const auto found = levels.find(value);
  if (found != levels.end()) config.log_level = found->second;
  return found != levels.end();
}

std::vector<Key> OwnKeys() {
  return {
      {"database.server_url", "libpq connection string or URI of the server's role. Needed by serve",
       Text(&Config::database_server_url)},
      {"database.owner_url", "libpq connection string or URI of the owner's role. Needed by migrate and add-desk",
       Text(&Config::database_owner_url)},
      {"identity.directory", "directory of the facility CA and the server certificate (made by init-identity)",
       Text(&Config::identity_directory)},
      {"identity.passphrase_file", "file, mode 0600, with the passphrase of the facility CA: 12 to 512 bytes",
       Text(&Config::identity_passphrase_file)},
      {"desk.listen", "IP address and port of the desk streams; port 0 = any free one [127.0.0.1:8443]",
       Address(&Config::desk_listen)},
      {"enrolment.listen", "IP address and port of the enrolment of desks; port 0 = any free one [127.0.0.1:8444]",
       Address(&Config::enrolment_listen)},
      {"telemetry.listen", "IP address and port of /metrics and /healthz; port 0 = any free one [127.0.0.1:9464]",
       Address(&Config::telemetry_listen)},
      {"console.listen", "IP address and port of the administrators' services; port 0 = any free one [127.0.0.1:8445]",
       Address(&Config::console_listen)},
      {"desk.public_address", "host:port at which desks reach desk.listen [the first server name and the port in use]",
       PublicAddress(&Config::desk_public_address)},
      {"enrolment.public_address",
       "host:port at which desks reach enrolment.listen [the first server name and the port in use]",
       PublicAddress(&Config::enrolment_public_address)},
      {"desk.operators", "on: a check needs an operator who signed in with staff code and PIN. on or off [on]",
       Choice(&Config::desk_operators, "off", "on")},
      {"desk.operator_idle_minutes", "minutes without a check until the operator is signed out, 1 to 1440 [15]",
       Number(&Config::desk_operator_idle_minutes, 1, 1440)},
      {"console.idle_minutes", "minutes without a call until a console session ends, 1 to 120 [15]",
       Number(&Config::console_idle_minutes, 1, 120)},
      {"console.session_hours", "hours until a console session ends in any case, 1 to 24 [12]",
       Number(&Config::console_session_hours, 1, 24)},
      {"account.seal_key_file",
       "file, mode 0600: the key under which issued secrets lie in the database, exactly 64 hex digits",
       Text(&Config::account_seal_key_file)},
      {"account.national",
       "manual: applications, activations and releases are made in the real portal and recorded here; service: the "
       "national service is told [manual]",
       Choice(&Config::account_manual, "service", "manual")},
      {"account.lock",
       "per_source: five wrong passwords lock the account for that desk only; per_account: for everybody [per_source]",
       Choice(&Config::account_strict_lock, "per_source", "per_account")},
      {"account.password_length_min",
       "characters of a chosen password, 8 to 64; below 13 it needs three kinds of characters [13]",
       Number(&Config::account_password_length_min, 8, 64)},
      {"mail.url", "smtp:// (STARTTLS is required) or smtps:// address of the mail server; none: mails wait [none]",
       SetMailUrl},
      {"mail.from", "sender of our mails, one plain address such as madoguchi@clinic.example; needed with mail.url",
       SetMailFrom},
      {"mail.user", "user at the mail server [none]", Text(&Config::mail_user)},
      {"mail.password_file", "file, mode 0600: the password of mail.user; needed with it",
       Text(&Config::mail_password_file)},
      {"mail.root_file", "PEM file: the root that the mail server's certificate must chain to [the system's roots]",
       Text(&Config::mail_root_file)},
      {"eligibility.url", "https:// address of the national service", SetUrl},
      {"eligibility.root_file", "PEM file: the root that the national service's certificate must chain to",
       Text(&Config::eligibility_root_file)},
      {"eligibility.certificate_file", "PEM file: this clinic's certificate for the national service",
       Text(&Config::eligibility_certificate_file)},
      {"eligibility.key_file", "PEM file, mode 0600: the key of that certificate", Text(&Config::eligibility_key_file)},
      {"eligibility.calls_max",
       "requests to the national service at the same time, 1 to 256; further ones wait in turn by desk [32]",
       Number(&Config::eligibility_calls_max, 1, 256)},
      {"audit.key_file", "file, mode 0600: the key of the hashes in the trail, at least 64 hex digits",
       Text(&Config::audit_key_file)},
      {"audit.retired_key_files",
       "files, mode 0600, separated by commas: earlier keys of audit.key_file, the newest first, at most 15; they stay "
       "for as long as rows are kept, the first key of all for ever [none]",
       SetRetiredKeys},
      {"audit.signing_key_file",
       "PEM file, mode 0600: the Ed25519 key that signs the trail's checkpoints and tombstones; all servers of one "
       "database share it",
       Text(&Config::audit_signing_key_file)},
      {"audit.origin", "name of the trail in its checkpoints; never changed later [the first server name, then /trail]",
       SetOrigin},
      {"audit.witness_file",
       "file on other media, of this server alone: every minute the newest checkpoint is added to it [none]",
       Text(&Config::audit_witness_file)},
      {"audit.witness_url",
       "https:// address of a witness (C2SP tlog-witness), such as another machine's madoguchi-server witness [none]",
       SetWitnessUrl},
      {"audit.witness_root_file", "PEM file: the root that the witness's certificate must chain to",
       Text(&Config::audit_witness_root_file)},
      {"audit.witness_certificate_file", "PEM file: our certificate for the witness, where it asks for one [none]",
       Text(&Config::audit_witness_certificate_file)},
      {"audit.witness_key_file", "PEM file, mode 0600: the key of that certificate",
       Text(&Config::audit_witness_key_file)},
      {"audit.witness_verifier_key", "the witness's verifier key, as it prints it: <name>+<8 digits>+<base64>",
       Text(&Config::audit_witness_verifier_key)},
      {"witness.listen", "IP address and port of the command witness; port 0 = any free one [127.0.0.1:8446]",
       Address(&Config::witness_listen)},
      {"audit.retention_years",
       "years for which the trail is kept, 1 to 30; older month partitions can be retired by retire-trail [5]",
       Number(&Config::audit_retention_years, 1, 30)},
      {"check.workers", "checks that run at the same time, 1 to 1024 [64]", Number(&Config::check_workers, 1, 1024)},
      {"check.queue", "presses that may wait for a free worker, 1 to 4096; more are answered busy [128]",
       Number(&Config::check_queue, 1, 4096)},
      {"check.deadline_ms", "milliseconds from press to answer, 3000 to 15000 [15000]",
       Milliseconds(&Config::check_deadline, 3000, 15000)},
      {"sight.scheme",
       "how a card signs after a check by sight: none or reference. How a real card does it is not public: 'reference' "
       "works between the simulated card and an endpoint that announces itself as the simulator, and nowhere else "
       "[none]",
       Choice(&Config::sight_reference, "none", "reference")},
      {"number.inquiry",
       "on: inquiries by the numbers of a paper. Not part of the limited type (資格確認限定型): only where a contract "
       "allows it. on or off [off]",
       Choice(&Config::number_inquiry, "off", "on")},
      {"desk.show_again_seconds",
       "seconds for which a closed result can be shown again at the same desk, 0 to 300; kept sealed, every showing "
       "goes into the trail [0]",
       Number(&Config::desk_show_again_seconds, 0, 300)},
      {"log.level", "debug, info, warning or error [info]", SetLevel},
      {"app.ready_file",
       "file that is written, with the ports in use, once the server serves, and removed when it stops [none]",
       Text(&Config::app_ready_file)},
      {"app.migrations_directory", "directory of the migrations [as installed]",
       Text(&Config::app_migrations_directory)},
  };
}

}  // namespace

const std::vector<Key>& Keys() {
  static const std::vector<Key> keys = [] {
    std::vector<Key> all = OwnKeys();
    for (const audit::SinkSettingKey& key : audit::SinkSettingKeys()) {
      all.push_back({key.name, key.help, [set = key.set](Config& config, const std::string& value) {
                       return set(config.audit_sink, value);
                     }});
    }
    for (const handoff::SettingKey& key : handoff::SettingKeys()) {
      all.push_back({key.name, key.help,
                     [set = key.set](Config& config, const std::string& value) { return set(config.handoff, value); }});
    }
    return all;
  }();
  return keys;
}

}  // namespace madoguchi::config
