// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/directory_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

namespace madoguchi::identity {

Result<DirectoryLock> DirectoryLock::Of(int descriptor, const std::string& path) {
  if (descriptor < 0) return Error{ErrorCode::kConfigFileUnwritable, path + ": errno " + std::to_string(errno), {}};
  DirectoryLock lock(descriptor);
  while (flock(descriptor, LOCK_EX) != 0) {
    if (errno != EINTR) return Error{ErrorCode::kConfigFileUnwritable, path + ": no lock", {}};
  }
  return lock;
}

Result<DirectoryLock> DirectoryLock::Take(const std::string& directory) {
  return Of(open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC), directory);
}

Result<DirectoryLock> DirectoryLock::TakeForCertificate(const std::string& directory) {
  const std::string file = directory + "/certificate.lock";
  return Of(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600), file);
}

DirectoryLock::DirectoryLock(DirectoryLock&& other) noexcept : descriptor_(other.descriptor_) {
  other.descriptor_ = -1;
}

DirectoryLock::~DirectoryLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

Result<void> DirectoryLock::Flush() const {
  if (fsync(descriptor_) != 0)
    return Error{ErrorCode::kConfigFileUnwritable, "directory: errno " + std::to_string(errno), {}};
  return {};
}

}  // namespace madoguchi::identity
