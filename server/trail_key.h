// SPDX-License-Identifier: Apache-2.0
// The key that signs the trail's checkpoints and tombstones, by the configuration: audit.signing_key_file under the
// name audit.origin, else "<first server name>/trail". Thread: any. Errors: KEY_FILE_INVALID · CONFIG_FILE_… ·
// CERTIFICATE_UNREADABLE.
#pragma once
#include <string>

#include "contract/result.h"
#include "contract/trail/checkpoint.h"
#include "server/config.h"

namespace madoguchi::app {

Result<std::string> TrailOrigin(const config::Config& config);
Result<trail::Signer> TrailSigner(const config::Config& config);

}  // namespace madoguchi::app
