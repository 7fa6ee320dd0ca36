// SPDX-License-Identifier: Apache-2.0
// What the kernel says of this machine's clock: audit_event.clock_state, in every row that a process of ours writes.
// Linux, adjtimex(2) without changing anything: needs no right (a seccomp filter that forbids the call gives kUnknown).
// The order and the times of rows are the database's own; where it runs on another machine, its administrator has to
// keep that clock too. Thread: any; takes under a microsecond.
#pragma once
#include <string_view>

namespace madoguchi::audit {

namespace clock_state {
inline constexpr std::string_view kSynchronised = "synchronised";
inline constexpr std::string_view kUnsynchronised = "unsynchronised";  // no time service keeps it, or not any more
inline constexpr std::string_view kUnknown = "unknown";                // the kernel may not be asked
}  // namespace clock_state

std::string_view ClockState();

}  // namespace madoguchi::audit
