// SPDX-License-Identifier: Apache-2.0
// KeptCeremony: the last question of an activation, on disk from before it is asked until its answer is stored. Should
// the program or the connection end in between, the server may have spent the code and issued the certificate; the
// same activation started again asks the same question and gets the same answer. The file `activation` (mode 0600)
// holds no secret: a signature over one challenge, and a keyed hash of which link or sheet it was for. Thread: one,
// under DirectoryLock::TakeForCertificate. Errors: CONFIG_FILE_UNWRITABLE.
#pragma once
#include <optional>
#include <string>

#include "contract/bytes.h"
#include "contract/result.h"

namespace madoguchi::identity {

struct KeptCeremony {
  std::string activation_id;
  Bytes signature;
  Bytes proof;  // another link or sheet is another activation
};

Result<void> KeepCeremony(const std::string& directory, const KeptCeremony& ceremony);
// Nothing: there is none, it is for another link or sheet, or its file is damaged.
std::optional<KeptCeremony> FindCeremony(const std::string& directory, ByteView wanted);
Result<void> ForgetCeremony(const std::string& directory);

}  // namespace madoguchi::identity
