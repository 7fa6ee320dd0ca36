// SPDX-License-Identifier: Apache-2.0
// `madoguchi-terminal check`: one check, or several on the same card, from the command line.
#pragma once
#include "terminal/agent/options.h"
#include "terminal/agent/terminal.h"

namespace madoguchi::agent {

int CheckCommand(const Options& options, const TerminalRules& rules);

}  // namespace madoguchi::agent
