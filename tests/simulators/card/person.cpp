// SPDX-License-Identifier: Apache-2.0
#include "tests/simulators/card/person.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <filesystem>
#include <set>

#include "contract/crypto/digest.h"
#include "contract/files.h"
#include "tests/simulators/card/jpki_card.h"

namespace madoguchi::simulators {
namespace {

constexpr std::size_t kSerialBytes = 8;
constexpr std::size_t kCommonNameDigits = 22;
constexpr std::size_t kTokenLabelMax = 32;

crypto::Sha256Digest Digest(const std::string& id) {
  const std::string text = "madoguchi-person:" + id;
  return crypto::Sha256(AsBytes(text));
}

bool IsPersonId(const std::string& id) {
  const auto fits = [](unsigned char c) { return c >= ' ' && c != 0x7F && c != '/'; };
  return !id.empty() && id.size() <= kPersonIdMax && id.front() != '.' && std::all_of(id.begin(), id.end(), fits);
}

std::string Trimmed(const std::string& text) {
  const auto begin = text.find_first_not_of(" \t\r");
  if (begin == std::string::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t\r") - begin + 1);
}

Error Invalid(std::string detail) {
  return {ErrorCode::kConfigValueInvalid, std::move(detail), {}};
}

Result<bool> Truth(const std::string& text) {
  if (text == "true") return true;
  if (text == "false") return false;
  return Invalid("neither true nor false: " + text);
}

Result<void> Apply(Person& person, const std::string& key, const std::string& value) {
  if (key == "valid_from_days" || key == "valid_until_days") {
    TRY_ASSIGN((key == "valid_from_days" ? person.valid_from_days : person.valid_until_days),
               NumberIn(value, -kValidDaysMax, kValidDaysMax));
  } else if (key == "revoked") {
    TRY_ASSIGN(person.revoked, Truth(value));
  } else if (key == "foreign_ca") {
    TRY_ASSIGN(person.foreign_ca, Truth(value));
  } else if (key == "pin_disabled") {
    TRY_ASSIGN(person.pin_disabled, Truth(value));
  } else if (key == "extended_apdu") {
    TRY_ASSIGN(person.extended_apdu, Truth(value));
  } else if (key == "registered") {
    TRY_ASSIGN(person.registered, Truth(value));
  } else if (key == "photo") {
    if (value != "printed" && value != "none") return Invalid("neither printed nor none: " + value);
    person.photo = value == "printed";
  } else if (key == "tries_left") {
    TRY_ASSIGN(person.tries_left, NumberIn(value, 0, kPinTries));
  } else if (key == "pin") {
    if (value.empty() || value.size() > kPinBytesMax) return Invalid("pin has no usable length");
    person.pin = value;
  } else if (key == "token_label") {
    if (value.empty() || value.size() > kTokenLabelMax) return Invalid("token_label has no usable length");
    person.token_label = value;
  } else {
    return Error{ErrorCode::kConfigKeyUnknown, key, {}};
  }
  return {};
}

}  // namespace

Bytes Person::Serial() const {
  const auto digest = Digest(id);
  Bytes serial(digest.begin(), digest.begin() + kSerialBytes);
  serial[0] &= 0x7F;
  if (serial[0] == 0) serial[0] = 1;
  return serial;
}

std::string Person::CommonName() const {
  std::string digits = ToHex(Digest(id)).substr(0, kCommonNameDigits);
  std::transform(digits.begin(), digits.end(), digits.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return "9977" + digits;
}

int Person::Generation() const {
  return Digest(id)[kSerialBytes] & 1;
}

Result<Settings> ReadSettings(const std::string& path) {
  TRY_ASSIGN(const std::string text, ReadSmallFile(path));
  Settings settings;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = Trimmed(text.substr(begin, end - begin));
    begin = end + 1;
    if (line.empty() || line[0] == '#') continue;
    const std::size_t equals = line.find('=');
    if (equals == std::string::npos) return Invalid(path + ": a line is not 'key = value'");
    settings.emplace_back(Trimmed(line.substr(0, equals)), Trimmed(line.substr(equals + 1)));
  }
  return settings;
}

Result<int> NumberIn(const std::string& text, int least, int most) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return Invalid("not a number");
  if (number < least || number > most) {
    return Invalid("not between " + std::to_string(least) + " and " + std::to_string(most));
  }
  return number;
}

Result<Person> ReadPerson(const std::string& people_folder, const std::string& id) {
  if (!IsPersonId(id)) {
    return Invalid(people_folder + "/" + id + ": a person's id has 1 to " + std::to_string(kPersonIdMax) +
                   " bytes, no / and no control character, and does not begin with a dot");
  }
  Person person{.id = id};
  const std::string path = people_folder + "/" + id + ".card";
  std::error_code ignored;
  if (people_folder.empty() || !std::filesystem::exists(path, ignored)) return person;
  TRY_ASSIGN(const Settings settings, ReadSettings(path));
  for (const auto& [key, value] : settings) {
    if (auto applied = Apply(person, key, value); !applied) {
      return Error{applied.error().code, path + ": " + key + ": " + applied.error().detail, {}};
    }
  }
  if (person.valid_until_days <= person.valid_from_days) return Invalid(path + ": the card would end before it begins");
  return person;
}

Result<std::vector<Person>> ReadPersons(const std::string& people_folder) {
  std::error_code error;
  std::set<std::string> ids;
  for (std::filesystem::directory_iterator entry(people_folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const std::filesystem::path& path = entry->path();
    if (path.filename().native().front() == '.') continue;
    if (path.extension() == ".xml" || path.extension() == ".card") ids.insert(path.stem().string());
    if (ids.size() > kPersonsMax)
      return Invalid(people_folder + ": more than " + std::to_string(kPersonsMax) + " persons");
  }
  if (error) return Error{ErrorCode::kConfigFileUnreadable, people_folder + ": " + error.message(), {}};
  std::vector<Person> persons;
  for (const std::string& id : ids) {
    TRY_ASSIGN(Person person, ReadPerson(people_folder, id));
    persons.push_back(std::move(person));
  }
  return persons;
}

}  // namespace madoguchi::simulators
