// SPDX-License-Identifier: Apache-2.0
// SecretLines: what --secrets-fd holds: lines name=value up to the end of the input, read byte by byte into locked
// memory. In a name - and _ are alike. Thread: one. Errors: FIELD_INVALID, whose detail names the line's number or the
// field and nothing of its value; SECRET_MEMORY_UNAVAILABLE.
#pragma once
#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "contract/result.h"
#include "contract/secret_bytes.h"

namespace madoguchi::agent {

inline constexpr std::size_t kSecretLinesMax = 16;
inline constexpr std::size_t kSecretLineBytesMax = 600;  // a whole enrolment link fits
inline constexpr std::array<std::string_view, 23> kSecretNames = {
    "link", "institution_code", "account_id", "password", "activation_code", "new_password", "new_password_again",
    "passcode", "new_passcode", "new_passcode_again", "operator_pin", "new_operator_pin", "new_operator_pin_again",
    // of a check
    "insurer_number", "symbol", "number", "branch", "birthdate", "limit_consent", "reason", "patient_number",
    "expected_birthdate",
    // of a name to propose
    "name"};

class SecretLines {
 public:
  // Not the terminal's own input: what is typed is asked for (entry.h).
  static Result<SecretLines> Read(int descriptor);
  SecretLines() = default;  // none

  bool Has(std::string_view name) const { return values_.find(name) != values_.end(); }
  // Once; then it is gone from here.
  std::optional<SecretBytes> Take(std::string_view name);

 private:
  std::map<std::string, SecretBytes, std::less<>> values_;
};

}  // namespace madoguchi::agent
