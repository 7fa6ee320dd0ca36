// SPDX-License-Identifier: Apache-2.0
// `madoguchi-terminal operator sign-in|sign-out|change-pin`: who works at this desk. Each gives the exit status.
#pragma once
#include "terminal/agent/options.h"

namespace madoguchi::agent {

int SignInOperatorCommand(const Options& options);
int SignOutOperatorCommand(const Options& options);
int ChangeOperatorPinCommand(const Options& options);

}  // namespace madoguchi::agent
