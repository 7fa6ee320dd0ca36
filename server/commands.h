// SPDX-License-Identifier: Apache-2.0
// Commands: what a person with root on the server's machine does beside serving. Each runs to its end on the calling
// thread and prints at most one JSON document on standard output. Secrets leave only into files of mode 0600 that did
// not exist.
#pragma once
#include <memory>

#include "contract/bytes.h"
#include "contract/result.h"
#include "server/audit/trail.h"
#include "server/config.h"
#include "server/identity/facility_ca.h"

namespace madoguchi::app {

inline constexpr std::size_t kAuditKeyBytesMin = 32;
inline constexpr std::size_t kTokenBytes = 32;

Result<void> Migrate(const config::Config& config);
Result<void> InitIdentity(const config::Config& config);
Result<void> AddDesk(const config::Config& config);
Result<void> CheckConfig(const config::Config& config);

// The files that several commands read.
Result<Bytes> ReadAuditKey(const std::string& file);
// The current key and the retired ones.
Result<audit::KeyedHash> ReadAuditKeys(const config::Config& config);
Result<std::unique_ptr<identity::FacilityCa>> LoadIdentity(const config::Config& config);

}  // namespace madoguchi::app
