// SPDX-License-Identifier: Apache-2.0
// HostLock: one agent per machine, and only where one person is logged in: on a shared machine another user could reach
// this desk's reader between two commands. Errors: SECOND_AGENT, SEVERAL_USERS_ON_HOST, CONFIG_FILE_UNWRITABLE (the
// lock file cannot be made). The lock ends with the process, however it ends.
#pragma once
#include <string>

#include "contract/result.h"

namespace madoguchi::identity {

inline constexpr const char* kLockFile =
    "/run/lock/madoguchi-terminal.lock";  // one per machine, whoever runs the agent
inline constexpr const char* kSessionsDirectory =
    "/run/systemd/sessions";                          // one file per log-in session (systemd-logind)
inline constexpr std::size_t kSessionFilesMax = 256;  // looked at

class HostLock {
 public:
  static Result<HostLock> Take(const std::string& lock_file);
  HostLock(HostLock&& other) noexcept;
  HostLock& operator=(HostLock&&) = delete;
  ~HostLock();

 private:
  explicit HostLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

// Counts different users with a log-in session of class "user". No directory: no logind here, which is one user at
// most.
Result<void> CheckOneUser(const std::string& sessions_directory);

}  // namespace madoguchi::identity
