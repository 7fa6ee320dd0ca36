// SPDX-License-Identifier: Apache-2.0
// Error: a code of the catalogue (proto/madoguchi/v1/errors.proto) and what only the log may see.
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "contract/error_codes.h"  // generated: enum class ErrorCode

namespace madoguchi {

struct [[nodiscard]] Error {
  ErrorCode code;
  std::string detail;             // for the log of the process that made it; never sent to a desk, never personal data
  std::optional<int> tries_left;  // 0..3, with the PIN codes of block 12xx only
};

// What follows from an error (design: four kinds).
enum class ErrorKind {
  kRefused,         // card, person or service said no: normal
  kRetryable,       // nothing happened; the same act may be tried again
  kOutcomeUnknown,  // it may have happened: recorded and reconciled, never silently retried
  kBug,             // our fault: abort and restart
};

// One line of the catalogue. All texts are UTF-8 and live as long as the process.
struct CatalogueEntry {
  ErrorCode code;
  std::string_view name;    // as in errors.proto without the prefix: "PIN_WRONG"
  std::string_view module;  // the module whose block the number is in: "card"
  ErrorKind kind;
  std::string_view what_ja, what_en;
  std::string_view desk_action_ja, desk_action_en;
  std::string_view admin_action_ja, admin_action_en;
  std::string_view call_ja, call_en;  // whom to call
};

// The line of `code`; a number that is not in the catalogue (an older program asked) gives INTERNAL_ERROR's line.
const CatalogueEntry& Describe(ErrorCode code);
// The code with this number, if the catalogue has it. For numbers that come from the wire.
std::optional<ErrorCode> FindErrorCode(int number);

}  // namespace madoguchi
