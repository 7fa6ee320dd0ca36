// SPDX-License-Identifier: Apache-2.0
// The file that keeps the token of one log-in: JSON, mode 0600 in a folder of mode 0700. The token goes to no other
// server than the one that gave it. Errors: CONFIG_FILE_… of contract/files.h; SESSION_INVALID when there is none.
#pragma once
#include <string>

#include "contract/result.h"

namespace madoguchi::cli {

struct KeptSession {
  std::string server;  // as in Settings
  std::string user_id;
  std::string token;  // 64 hexadecimal digits
};

Result<void> KeepSession(const std::string& path, const KeptSession& session);
// SESSION_INVALID: no file, one of another server, or not one of ours.
Result<KeptSession> ReadSession(const std::string& path, const std::string& server);
void ForgetSession(const std::string& path);

}  // namespace madoguchi::cli
