// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/settings.h"

#include <cstdlib>

namespace madoguchi::cli {
namespace {

// The XDG base directory rules: a relative path counts as none.
std::string Below(const char* variable, const char* below_home, const char* name) {
  // NOLINTBEGIN(concurrency-mt-unsafe): read before any thread exists.
  const char* set = std::getenv(variable);
  const char* home = std::getenv("HOME");
  // NOLINTEND(concurrency-mt-unsafe)
  const std::string base =
      set != nullptr && *set == '/' ? std::string(set) : std::string(home != nullptr ? home : "") + below_home;
  return base + "/madoguchi/" + name;
}

}  // namespace

std::string DefaultConfigFile() {
  return Below("XDG_CONFIG_HOME", "/.config", "admin.conf");
}

std::string DefaultSessionFile() {
  return Below("XDG_STATE_HOME", "/.local/state", "session");
}

}  // namespace madoguchi::cli
