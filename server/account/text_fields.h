// SPDX-License-Identifier: Apache-2.0
// Rules for text a person enters: each Check… adds at most one Problem that names the field, and is silent when all is
// well. Refused everywhere: bytes that are no UTF-8, control characters, and the invisible marks that turn the reading
// direction (bidi controls, U+200E/F, U+202A–E, U+2066–9), which make a name look like another. Quotes and other signs
// of SQL are ordinary characters here: statements take them as parameters. Thread: any; pure.
#pragma once
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "server/account/problem.h"

namespace madoguchi::account {

// A field as people know it.
struct Field {
  const char* name;  // as in the request
  const char* ja;
  const char* en;
};

// The Unicode scalar values; nothing when it is no UTF-8 (RFC 3629: no overlong forms, no surrogates).
std::optional<std::vector<char32_t>> ScalarValues(std::string_view text);

enum class Width { kAny, kFull };  // kFull: no half-width (ASCII or half-width kana) character

// 1–most characters, not only spaces. most: in Unicode scalar values.
void CheckText(Problems& problems, const Field& field, std::string_view text, std::size_t most,
               Width width = Width::kAny);
// The same, but may be empty.
void CheckOptionalText(Problems& problems, const Field& field, std::string_view text, std::size_t most,
                       Width width = Width::kAny);
// Exactly `count` ASCII digits.
void CheckDigits(Problems& problems, const Field& field, std::string_view text, std::size_t count);
void CheckNumber(Problems& problems, const Field& field, std::uint64_t number, std::uint64_t least, std::uint64_t most);
// One address, at most kMailMax characters: printable ASCII, one '@', a dot-atom before it and a domain after it (RFC
// 5322 §3.4.1).
void CheckMail(Problems& problems, const Field& field, std::string_view text);
bool IsMail(std::string_view text, std::size_t most);
// Digits and '-', 1–20 characters.
void CheckPhone(Problems& problems, const Field& field, std::string_view text);
// YYYY-MM-DD, a day that exists, 1950–2199.
bool IsDate(std::string_view text);
void CheckDate(Problems& problems, const Field& field, std::string_view text);
bool IsInstitutionCode(std::string_view text);  // 10 digits

}  // namespace madoguchi::account
