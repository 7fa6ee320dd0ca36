// SPDX-License-Identifier: Apache-2.0
// Which server a command of this desk talks to, and the connection to its services for desks.
#pragma once
#include <memory>
#include <string>

#include "terminal/agent/options.h"
#include "terminal/identity/desk_account.h"
#include "terminal/identity/desk_check.h"
#include "terminal/identity/desk_identity.h"

namespace madoguchi::agent {

// --server, else the one stored at activation. FIELD_INVALID ("server") when there is neither.
Result<std::string> ServerOf(const Options& options);
Result<std::unique_ptr<identity::DeskAccount>> OpenDeskAccount(const Options& options);
Result<std::unique_ptr<identity::DeskCheck>> OpenDeskCheck(const Options& options);

}  // namespace madoguchi::agent
