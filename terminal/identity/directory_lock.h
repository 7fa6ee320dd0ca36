// SPDX-License-Identifier: Apache-2.0
// DirectoryLock: one writer at a time in the desk's directory, among all programs of this machine. Ends with the object
// or the process. Waits for the other, which holds it for moments only. Errors: CONFIG_FILE_UNWRITABLE.
#pragma once
#include <string>

#include "contract/result.h"

namespace madoguchi::identity {

class DirectoryLock {
 public:
  static Result<DirectoryLock> Take(const std::string& directory);
  DirectoryLock(DirectoryLock&& other) noexcept;
  DirectoryLock& operator=(DirectoryLock&&) = delete;
  ~DirectoryLock();
  // What was renamed or removed stays so after a loss of power.
  Result<void> Flush() const;

 private:
  explicit DirectoryLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace madoguchi::identity
