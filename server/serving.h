// SPDX-License-Identifier: Apache-2.0
// Serving: the command serve: puts the parts of the server together, in start order and, backwards, in stop order.
// Thread: on the main thread, before any other thread exists (it blocks SIGTERM and SIGINT for all).
// Errors: the first start-up check that fails, in the order configuration, key files, identity, database, listeners.
#pragma once
#include <chrono>

#include "contract/result.h"
#include "server/config.h"

namespace madoguchi::app {

inline constexpr std::chrono::seconds kGoodbyesMax{
    1};  // for the goodbyes to reach the desks; a peer that does not listen costs as much
inline constexpr std::chrono::seconds kTrailEventMax{5};  // the rows "started" and "stopped"
inline constexpr std::chrono::seconds kAbandonedPressesEvery{10}, kAbandonedPressesWithin{10};
inline constexpr int kStreamsPerConnectionMax = 4;
inline constexpr int kDeskCallThreadsMax = 32;  // of the calls of desks: a whole floor may log in at eight o'clock

// Returns when a signal asked it to stop and everything has ended.
Result<void> Serve(const config::Config& config);

}  // namespace madoguchi::app
