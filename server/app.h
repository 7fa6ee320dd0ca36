// SPDX-License-Identifier: Apache-2.0
// app: the only place where the parts of the server are put together, in start order and, backwards, in stop order.
// Thread: Run on the main thread, before any other thread exists (it blocks SIGTERM and SIGINT for all).
// Errors: the first start-up check that fails, in the order configuration, key files, identity, database, listeners.
#pragma once
#include "contract/result.h"
#include "server/config.h"

namespace madoguchi::app {

inline constexpr std::chrono::seconds kGoodbyesMax{
    1};  // for the goodbyes to reach the desks; a peer that does not listen costs as much
inline constexpr std::chrono::seconds kTrailEventMax{5};  // the rows "started" and "stopped"
inline constexpr std::size_t kAuditKeyBytesMin = 32;
inline constexpr std::size_t kTokenBytes = 32;
inline constexpr int kStreamsPerConnectionMax = 4;

// Does what the command says. serve returns when a signal asked it to stop and everything has ended.
Result<void> Run(const config::Config& config);

// Prints the catalogue line of `error`, Japanese and English, on standard error. Returns the exit status: 1 refused, 2
// usage, 3 environment.
int Explain(const Error& error);

}  // namespace madoguchi::app
