// SPDX-License-Identifier: Apache-2.0
// retire-trail: retires one partition of the trail (store/trail_retirement.h), as root on the server's machine with the
// owner's database role and the key that signs checkpoints. Prints what goes, or would go, as one JSON object; how far
// it is on standard error, once it takes longer than a second. Thread: main.
#pragma once
#include "contract/result.h"
#include "server/config.h"

namespace madoguchi::app {

Result<void> RetireTrail(const config::Config& config);

}  // namespace madoguchi::app
