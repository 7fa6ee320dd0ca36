// SPDX-License-Identifier: Apache-2.0
// For tests of disks that are full or read-only: runs a piece of a test in a child process that has a mount namespace
// of its own, with a small file system mounted on a folder. Needs root, or a kernel that lets users have namespaces
// (Debian's default).
#pragma once
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <functional>
#include <string>

namespace madoguchi::handoff::test {

inline constexpr int kNoNamespace = 99;

// → what `piece` returned (0 to 98), or kNoNamespace when nothing could be mounted.
inline int OnSmallDisk(const std::string& folder, const char* options, bool read_only,
                       const std::function<int()>& piece) {
  const pid_t child = fork();
  if (child == 0) {
    const int spaces = geteuid() == 0 ? CLONE_NEWNS : CLONE_NEWNS | CLONE_NEWUSER;
    if (unshare(spaces) != 0 || mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        mount("tmpfs", folder.c_str(), "tmpfs", read_only ? MS_RDONLY : 0, options) != 0) {
      _exit(kNoNamespace);
    }
    _exit(piece());
  }
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status)) return kNoNamespace;
  return WEXITSTATUS(status);
}

}  // namespace madoguchi::handoff::test
