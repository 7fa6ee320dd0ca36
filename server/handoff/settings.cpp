// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/settings.h"

#include <arpa/inet.h>
#include <sys/stat.h>

#include <cerrno>
#include <charconv>
#include <optional>
#include <sstream>
#include <system_error>

#include "contract/bytes.h"
#include "contract/crypto/random.h"
#include "contract/crypto/server_pair.h"
#include "contract/files.h"
#include "server/handoff/folder.h"
#include "server/handoff/pull_pages.h"
#include "server/handoff/signature.h"
#include "server/handoff/stay.h"

namespace madoguchi::handoff {
namespace {

using Setter = std::function<bool(Settings&, const std::string&)>;

std::optional<std::uint32_t> Number(std::string_view text, std::uint32_t most) {
  std::uint32_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failed != std::errc() || end != text.data() + text.size() || number > most) return {};
  return number;
}

Setter Text(std::string Settings::*field) {
  return [field](Settings& settings, const std::string& value) {
    settings.*field = value;
    return true;
  };
}

// Absolute: a server may be started from anywhere.
Setter Directory(std::string Settings::*field) {
  return [field](Settings& settings, const std::string& value) {
    settings.*field = value;
    while (settings.*field != "/" && (settings.*field).ends_with('/')) (settings.*field).pop_back();
    return value.empty() || value.starts_with('/');
  };
}

Setter Choice(bool Settings::*field, const char* no, const char* yes) {
  return [=](Settings& settings, const std::string& value) {
    settings.*field = value == yes;
    return value == yes || value == no;
  };
}

bool SetStay(Settings& settings, const std::string& value) {
  const auto minutes = Number(value, static_cast<std::uint32_t>(kStayMax.count()));
  settings.oqs_stay_minutes = minutes.value_or(0);
  return minutes.has_value();
}

// As the database writes it: it is compared with ids from there.
bool SetDesk(Settings& settings, const std::string& value) {
  const std::optional<Bytes> id = UuidFromText(value);
  settings.requests_desk = id ? UuidText(*id) : std::string();
  return value.empty() || id;
}

bool SetUrl(Settings& settings, const std::string& value) {
  settings.webhook_url = value;
  return value.empty() || value.starts_with("https://");
}

bool SetPullListen(Settings& settings, const std::string& value) {
  settings.pull_host.clear();
  if (value.empty()) return true;
  const std::size_t colon = value.rfind(':');
  if (colon == std::string::npos || colon == 0) return false;
  std::string host = value.substr(0, colon);
  const bool is_v6 = host.front() == '[' && host.back() == ']';
  if (is_v6) host = host.substr(1, host.size() - 2);
  in6_addr address;  // large enough for both kinds
  const auto port = Number(std::string_view(value).substr(colon + 1), 65535);
  if (inet_pton(is_v6 ? AF_INET6 : AF_INET, host.c_str(), &address) != 1 || !port) return false;
  settings.pull_host = host;
  settings.pull_port = static_cast<std::uint16_t>(*port);
  return true;
}

bool SetPullClients(Settings& settings, const std::string& value) {
  settings.pull_clients.clear();
  std::istringstream text(value);
  for (std::string one; std::getline(text, one, ',');) {
    std::erase(one, ' ');
    std::erase(one, ':');
    const std::optional<Bytes> sha256 = FromHex(one);
    if (!sha256 || sha256->size() != 32) return false;
    settings.pull_clients.insert(ToHex(*sha256));
  }
  return settings.pull_clients.size() <= kPullClientsMax;
}

Error Missing(const std::string& what) {
  return {ErrorCode::kConfigValueMissing, what, {}};
}

Result<void> CheckWebhookFiles(const Settings& settings) {
  TRY_VOID(ReadSigningKey(settings.webhook_signing_key_file));
  TRY_VOID(ReadSmallFile(settings.webhook_root_file));
  TRY_ASSIGN(const std::string chain, ReadSmallFile(settings.webhook_certificate_file));
  TRY_ASSIGN(const std::string key, ReadPrivateFile(settings.webhook_key_file));
  if (crypto::IsKeyOf(key, chain)) return {};
  return Error{ErrorCode::kConfigValueInvalid,
               settings.webhook_key_file + ": not the key of " + settings.webhook_certificate_file,
               {}};
}

}  // namespace

Channels Settings::channels(std::chrono::seconds show_again) const {
  return {!oqs_folder.empty(), !webhook_url.empty(), !pull_host.empty(), show_again};
}

const std::vector<SettingKey>& SettingKeys() {
  static const std::vector<SettingKey> keys = {
      {"handoff.key_directory",
       "directory, mode 0700, on a local disk and in no backup: one key per kept result. Needed for every hand-off but "
       "requests, and for "
       "desk.show_again_seconds",
       Directory(&Settings::key_directory)},
      {"handoff.oqs_folder",
       "folder in which OQSsiquc01res_face_….xml files appear for the receipt computer; none: off [none]",
       Directory(&Settings::oqs_folder)},
      {"handoff.oqs_encoding", "UTF-8 or Shift_JIS (CP932), of these files [UTF-8]",
       Choice(&Settings::oqs_shift_jis, "UTF-8", "Shift_JIS")},
      {"handoff.oqs_stay_minutes",
       "minutes after which a file of ours that nobody has taken is removed, 0 to 10080; 0: never [0]", SetStay},
      {"handoff.requests_folder",
       "folder in which a receipt computer puts OQSsiquc01req_….xml; needs number.inquiry; none: off [none]",
       Directory(&Settings::requests_folder)},
      {"handoff.responses_folder", "folder in which they are answered as OQSsiquc01res_….xml [handoff.requests_folder]",
       Directory(&Settings::responses_folder)},
      {"handoff.requests_desk", "id of the desk (madoguchi-admin desk list) for whose account these inquiries are made",
       SetDesk},
      {"handoff.webhook_url", "https:// address to which results are posted; none: off [none]", SetUrl},
      {"handoff.webhook_form", "json or fhir: what is posted [json]", Choice(&Settings::webhook_fhir, "json", "fhir")},
      {"handoff.webhook_root_file", "PEM file: the root that the receiver's certificate must chain to",
       Text(&Settings::webhook_root_file)},
      {"handoff.webhook_certificate_file", "PEM file: our certificate for the receiver",
       Text(&Settings::webhook_certificate_file)},
      {"handoff.webhook_key_file", "PEM file, mode 0600: the key of that certificate",
       Text(&Settings::webhook_key_file)},
      {"handoff.webhook_signing_key_file", "file, mode 0600: the key of Madoguchi-Signature, 64 to 128 hex digits",
       Text(&Settings::webhook_signing_key_file)},
      {"handoff.pull_listen",
       "IP address and port at which receivers ask for results; port 0 = any free one; none: off [none]",
       SetPullListen},
      {"handoff.pull_clients",
       "SHA-256 of the certificates (made by add-receiver) that may ask, hex, separated by commas; at most 16",
       SetPullClients},
  };
  return keys;
}

Result<void> CheckTogether(const Settings& settings, std::chrono::seconds show_again, bool number_inquiry) {
  if (settings.channels(show_again).any() && settings.key_directory.empty()) return Missing("handoff.key_directory");
  if (!settings.webhook_url.empty()) {
    for (const auto& [name, value] : {std::pair{"handoff.webhook_root_file", &settings.webhook_root_file},
                                      {"handoff.webhook_certificate_file", &settings.webhook_certificate_file},
                                      {"handoff.webhook_key_file", &settings.webhook_key_file},
                                      {"handoff.webhook_signing_key_file", &settings.webhook_signing_key_file}}) {
      if (value->empty()) return Missing(std::string(name) + " (handoff.webhook_url is set)");
    }
  }
  if (!settings.pull_host.empty() && settings.pull_clients.empty()) {
    return Missing("handoff.pull_clients (handoff.pull_listen is set)");
  }
  if (settings.requests_folder.empty()) return {};
  if (settings.requests_desk.empty()) return Missing("handoff.requests_desk (handoff.requests_folder is set)");
  if (!number_inquiry) return Missing("number.inquiry = on (handoff.requests_folder is set)");
  return {};
}

Result<void> CheckKeyDirectory(const std::string& directory) {
  struct stat status {};
  if (stat(directory.c_str(), &status) != 0 || !S_ISDIR(status.st_mode)) {
    return Error{ErrorCode::kConfigFileUnreadable, directory + ": no directory", {}};
  }
  if ((status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Error{ErrorCode::kConfigFilePermissions, directory + ": group or others may use it; run chmod 700", {}};
  }
  return {};
}

Result<void> CheckFiles(const Settings& settings, std::chrono::seconds show_again) {
  if (settings.channels(show_again).any()) TRY_VOID(CheckKeyDirectory(settings.key_directory));
  if (!settings.webhook_url.empty()) TRY_VOID(CheckWebhookFiles(settings));
  for (const std::string* folder : {&settings.oqs_folder, &settings.requests_folder, &settings.responses_folder}) {
    if (!folder->empty()) TRY_VOID(Folder(*folder).Try(UuidText(crypto::NewUuid())));
  }
  return {};
}

}  // namespace madoguchi::handoff
