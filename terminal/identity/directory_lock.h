// SPDX-License-Identifier: Apache-2.0
// DirectoryLock: one writer at a time in the desk's directory, among all programs of this machine. Ends with the object
// or the process. Errors: CONFIG_FILE_UNWRITABLE.
#pragma once
#include <string>

#include "contract/result.h"

namespace madoguchi::identity {

class DirectoryLock {
 public:
  // Waits for the other writer, which holds it for moments only.
  static Result<DirectoryLock> Take(const std::string& directory);
  // One activation or renewal at a time, from its first word to the server to what it leaves on disk: each of them ends
  // the certificate another one is just being given. Waits up to that long. Taken before the lock of the writers.
  static Result<DirectoryLock> TakeForCertificate(const std::string& directory);
  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&&) = delete;
  ~DirectoryLock();
  // What was renamed or removed stays so after a loss of power.
  Result<void> Flush() const;

 private:
  static Result<DirectoryLock> Of(int descriptor, const std::string& path);
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace madoguchi::identity
