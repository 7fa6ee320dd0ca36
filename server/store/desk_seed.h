// SPDX-License-Identifier: Apache-2.0
// Adds a desk, the device account that is meant for it (active once the desk is activated with the token) and a
// one-time enrolment token: one transaction, all or nothing. It writes what madoguchi_server may not write: it takes
// the owner's connection. Thread: any. Errors: DATABASE_UNREACHABLE · ACCOUNT_NOT_USABLE (bound to another desk, of
// another institution, or not usable) · DATABASE_ERROR (a text that has not the table's shape).
#pragma once
#include <chrono>
#include <string>

#include "contract/bytes.h"
#include "contract/result.h"

namespace madoguchi::store {

inline constexpr std::chrono::hours kTokenLifetimeDefault{24};

struct NewDesk {
  std::string name;                                             // as people call it, 1–100 characters
  std::string institution_code;                                 // 10 digits
  std::string account_id;                                       // W0000001-style
  Bytes token_sha256;                                           // 32 bytes; the token itself never comes here
  std::chrono::seconds token_lifetime = kTokenLifetimeDefault;  // from now, by the database's clock
};

// The id of the new desk, UUID text.
Result<std::string> AddDesk(const std::string& owner_url, const NewDesk& desk);

}  // namespace madoguchi::store
