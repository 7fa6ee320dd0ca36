// SPDX-License-Identifier: Apache-2.0
// Codes a person copies from paper or a mail and types once: recovery codes, reset codes, break-glass codes. 20
// characters of Crockford's base32 in groups of five (100 bits), without I, L, O, U; typed in either case, with or
// without the dashes. Kept as keyed hashes only. Thread: any.
#pragma once
#include <cstddef>
#include <string>
#include <string_view>

#include "server/audit/trail.h"

namespace madoguchi::console {

inline constexpr std::size_t kCodeCharacters = 20;
inline constexpr std::size_t kTypedCodeMax = 64;  // bytes; longer ones are no code

std::string NewSingleUseCode();                  // "XXXXX-XXXXX-XXXXX-XXXXX"
std::string Normalised(std::string_view typed);  // empty: no such code
// use: "recovery", "reset", "break-glass"; user_id: whose, or empty.
std::string CodeHash(const audit::KeyedHash& keyed_hash, std::string_view use, std::string_view user_id,
                     std::string_view normalised);

}  // namespace madoguchi::console
