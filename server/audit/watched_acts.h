// SPDX-License-Identifier: Apache-2.0
// The acts that the monthly report counts one by one, because an auditor looks at each. Thread: any; constant data.
#pragma once
#include <span>
#include <string_view>

namespace madoguchi::audit {

struct WatchedAct {
  const char* event;
  const char* kind;  // "unlock" "refused_command" "log_in_failure" "trail_read"
};
std::span<const WatchedAct> WatchedActs();
// Empty: not watched.
std::string_view WatchedKind(std::string_view event);

}  // namespace madoguchi::audit
