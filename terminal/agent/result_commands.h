// SPDX-License-Identifier: Apache-2.0
// What the desk does about a result it has had: show it again, confirm the person, propose and confirm a name for
// claims. Each gives the exit status. The desk's passcode is asked for first, as for a check.
#pragma once
#include "terminal/agent/options.h"

namespace madoguchi::agent {

int ShowAgainCommand(const Options& options);
int ConfirmCommand(const Options& options);
int ProposeNameCommand(const Options& options);
int ConfirmNameCommand(const Options& options);

}  // namespace madoguchi::agent
