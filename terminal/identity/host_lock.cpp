// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/host_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <optional>
#include <set>
#include <system_error>

#include "contract/files.h"

namespace madoguchi::identity {
namespace {

constexpr std::size_t kSessionFileBytesMax = 16 * 1024;

// The file may be another user's in a sticky directory, where opening with O_CREAT is refused: first without.
int OpenLockFile(const std::string& path) {
  const int existing = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (existing >= 0 || errno != ENOENT) return existing;
  return open(path.c_str(), O_RDONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
}

// The value of KEY in the lines KEY=value that logind writes.
std::optional<std::string> Value(const std::string& file, const std::string& key) {
  const std::string start = key + "=";
  std::size_t at = 0;
  while (at < file.size()) {
    const std::size_t end = std::min(file.find('\n', at), file.size());
    if (file.compare(at, start.size(), start) == 0) return file.substr(at + start.size(), end - at - start.size());
    at = end + 1;
  }
  return std::nullopt;
}

}  // namespace

Result<HostLock> HostLock::Take(const std::string& lock_file) {
  const int descriptor = OpenLockFile(lock_file);
  if (descriptor < 0)
    return Error{ErrorCode::kConfigFileUnwritable, lock_file + ": errno " + std::to_string(errno), {}};
  HostLock lock(descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0) return Error{ErrorCode::kSecondAgent, lock_file, {}};
  return lock;
}

HostLock::HostLock(HostLock&& other) noexcept : descriptor_(other.descriptor_) {
  other.descriptor_ = -1;
}

HostLock::~HostLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

Result<void> CheckOneUser(const std::string& sessions_directory) {
  std::set<std::string> users;
  std::size_t looked_at = 0;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(sessions_directory, error), end; !error && entry != end;
       entry.increment(error)) {
    if (++looked_at > kSessionFilesMax)
      return Error{ErrorCode::kSeveralUsersOnHost, "more sessions than are looked at", {}};
    if (std::error_code ignored; !entry->is_regular_file(ignored)) continue;  // pipes beside the files would block
    const Result<std::string> file = ReadSmallFile(entry->path().string(), kSessionFileBytesMax);
    if (!file) continue;  // ended meanwhile
    if (Value(*file, "CLASS") != "user" || Value(*file, "STATE") == "closing") continue;
    if (const std::optional<std::string> user = Value(*file, "UID")) users.insert(*user);
  }
  if (users.size() > 1)
    return Error{ErrorCode::kSeveralUsersOnHost, std::to_string(users.size()) + " users are logged in", {}};
  return {};
}

}  // namespace madoguchi::identity
