// SPDX-License-Identifier: Apache-2.0
// app: one command of the program: serve (serving.h) or one of the local commands (commands.h).
// Thread: Run on the main thread, before any other thread exists.
#pragma once
#include "contract/result.h"
#include "server/config.h"

namespace madoguchi::app {

// Does what the command says. serve returns when a signal asked it to stop and everything has ended.
Result<void> Run(const config::Config& config);

// Prints the catalogue line of `error`, Japanese and English, on standard error. Returns the exit status: 1 refused, 2
// usage, 3 environment.
int Explain(const Error& error);

}  // namespace madoguchi::app
