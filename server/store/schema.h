// SPDX-License-Identifier: Apache-2.0
// The check before serving: the schema is exactly the one this program was written for, and the role it logs in as can
// change nothing in the trail. A server that could rewrite its own trail would make the trail worthless, so it does not
// start. Thread: any; blocks up to the time of a connection. Errors: DATABASE_UNREACHABLE · SCHEMA_VERSION_WRONG ·
// DATABASE_ROLE_TOO_POWERFUL.
#pragma once
#include <string>

#include "contract/result.h"

namespace madoguchi::store {

inline constexpr char kSchemaNewest[] = "0004_trail.sql";  // the last file in migrations/

Result<void> CheckSchema(const std::string& server_url);

}  // namespace madoguchi::store
