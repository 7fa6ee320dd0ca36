// SPDX-License-Identifier: Apache-2.0
// Console commands: what whoever is root on the server's machine does alone, where the console asks for two people, or
// before anybody can log in. Each runs to its end on the calling thread and is in the trail with actor "root". Errors:
// CONFIG_VALUE_INVALID · CONFIG_FILE_… · those of store/root_acts.h.
#pragma once
#include "contract/result.h"
#include "server/config.h"

namespace madoguchi::app {

// Writes user id and first password as lines name=value (what madoguchi-admin --secrets-fd reads) into
// --credentials-file, which must not exist; mode 0600. The password has to be changed at the first log-in, and TOTP set
// up.
Result<void> AddAdministrator(const config::Config& config);
Result<void> UnlockAccount(const config::Config& config);

}  // namespace madoguchi::app
