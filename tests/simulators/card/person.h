// SPDX-License-Identifier: Apache-2.0
// Who holds a simulated card. The identity follows from the person's id alone, so that the national service simulator
// finds the person of a certificate without being told: h = SHA-256("madoguchi-person:" + id); serial number = first 8
// bytes of h, top bit clear, never a leading zero byte; CN = "9977" + first 22 hex digits of h; CA generation = lowest
// bit of h[8]. What is special about the card stands in <people>/<id>.card; no such file = a good card. Errors:
// CONFIG_VALUE_INVALID, CONFIG_KEY_UNKNOWN, CONFIG_FILE_UNREADABLE.
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "contract/bytes.h"
#include "contract/result.h"

namespace madoguchi::simulators {

// Bytes. An id is the name of a file without its end: any but a hidden one or one with a control character.
inline constexpr std::size_t kPersonIdMax = 128;
inline constexpr std::size_t kPersonsMax = 1000;  // files in one people folder
inline constexpr int kValidFromDays = -30;        // of a card that says nothing
inline constexpr int kValidUntilDays = 3 * 365;
inline constexpr int kValidDaysMax = 36'500;  // either way

struct Person {
  std::string id;
  int valid_from_days = kValidFromDays;  // from today, may be negative
  int valid_until_days = kValidUntilDays;
  bool revoked = false;
  bool foreign_ca = false;  // a CA of the same name that is no anchor signed it
  bool pin_disabled = false;
  bool extended_apdu = true;
  bool registered = true;  // for insurance use; only the national service simulator looks at it
  bool photo = true;       // printed on the card, which cannot tell it: for whoever plays the person at the desk
  std::optional<std::string> pin = {}, token_label = {};
  std::optional<int> tries_left = {};

  Bytes Serial() const;
  std::string CommonName() const;
  int Generation() const;  // 0 or 1
};

// "key = value" lines; # begins a comment line. Order kept.
using Settings = std::vector<std::pair<std::string, std::string>>;
Result<Settings> ReadSettings(const std::string& path);

Result<int> NumberIn(const std::string& text, int least, int most);

Result<Person> ReadPerson(const std::string& people_folder, const std::string& id);
// Everyone with an <id>.xml or an <id>.card there, by id. Hidden files are nobody.
Result<std::vector<Person>> ReadPersons(const std::string& people_folder);

}  // namespace madoguchi::simulators
