// SPDX-License-Identifier: Apache-2.0
// The migrations runner. Files NNNN_name.sql, numbered from 0001 without gaps, run in order, each in a transaction of
// its own together with its line in schema_migrations (name, SHA-256, time). An advisory lock lets only one runner at a
// time. Thread: any; blocks. Errors: DATABASE_UNREACHABLE · DATABASE_BUSY (another runner for too long) ·
// CONFIG_FILE_UNREADABLE · MIGRATION_CHANGED (a landed file is not what was run: its name) · MIGRATION_FAILED (a file
// or its surroundings: name and the database's message; nothing of that file stays) · SCHEMA_VERSION_WRONG (the
// database is newer than the files).
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "contract/result.h"

namespace madoguchi::store {

inline constexpr std::size_t kMigrationsMax = 9999;                // four digits
inline constexpr std::chrono::seconds kMigrationLockWait{30};      // for another runner
inline constexpr std::chrono::minutes kMigrationStatementMax{10};  // per statement
inline constexpr char kOwnerRole[] = "madoguchi_owner";            // runs migrations, owns everything
inline constexpr char kServerRole[] = "madoguchi_server";          // what the server logs in as

// owner_url: logs in as kOwnerRole. The names of the files that were run now; none when all had been run before.
Result<std::vector<std::string>> Migrate(const std::string& owner_url, const std::string& directory);

}  // namespace madoguchi::store
