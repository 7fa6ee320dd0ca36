// SPDX-License-Identifier: Apache-2.0
// `madoguchi-terminal passcode set|change`, and the question for the passcode when a program of this desk starts (S12).
#pragma once
#include "terminal/agent/entry.h"
#include "terminal/agent/options.h"

namespace madoguchi::agent {

// The first one, or a forgotten one anew: then the account's password proves who asks.
int SetPasscodeCommand(const Options& options);
int ChangePasscodeCommand(const Options& options);

// Nothing when none is set. From --secrets-fd one try, typed as many as there are. With the last one gone the account
// is logged out on the server where it can be reached. Errors: PASSCODE_WRONG · PASSCODE_SPENT · FIELD_INVALID.
Result<void> AskPasscode(const Options& options, Entry& entry);

}  // namespace madoguchi::agent
