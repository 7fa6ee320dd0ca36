// SPDX-License-Identifier: Apache-2.0
// Commands about the signatures over the trail. MakeTrailKey runs to its end and prints one JSON document; RunWitness
// serves until SIGTERM or SIGINT, on a machine that needs neither the database nor the trail. Thread: the main one,
// before any other. Errors: CONFIG_FILE_UNWRITABLE (also: a key is already there) · TRAIL_KEY_INVALID ·
// LISTENER_FAILED.
#pragma once
#include "contract/result.h"
#include "server/config.h"

namespace madoguchi::app {

Result<void> MakeTrailKey(const config::Config& config);
// POST /add-checkpoint as C2SP tlog-witness; GET /checkpoint: the newest note with our cosignature; GET /key: our
// verifier key.
Result<void> RunWitness(const config::Config& config);

}  // namespace madoguchi::app
