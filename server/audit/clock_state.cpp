// SPDX-License-Identifier: Apache-2.0
#include "server/audit/clock_state.h"

#include <sys/timex.h>

namespace madoguchi::audit {

std::string_view ClockState() {
  timex look{};  // modes 0: nothing is set
  const int state = adjtimex(&look);
  if (state < 0) return clock_state::kUnknown;
  return state == TIME_ERROR || (look.status & STA_UNSYNC) != 0 ? clock_state::kUnsynchronised
                                                                : clock_state::kSynchronised;
}

}  // namespace madoguchi::audit
