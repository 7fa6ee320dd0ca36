// SPDX-License-Identifier: Apache-2.0
// What a server was started with, compared with its last start: which settings are new, gone or other is one row of the
// trail (config.changed), by their names alone. Thread: any. Errors: those of PgPool::Run.
#pragma once
#include <map>
#include <string>

#include "contract/deadline.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

inline constexpr std::size_t kSettingsMax = 300;

// server: the name it is known by. hashes: setting → keyed hash of its value; at most kSettingsMax. The first start of
// a server is said as such: a change cannot hide behind a new name.
Result<void> RecordSettings(PgPool& pool, const std::string& owner, const std::string& server,
                            const std::map<std::string, std::string>& hashes, Deadline deadline);

}  // namespace madoguchi::store
