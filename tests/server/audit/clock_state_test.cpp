// SPDX-License-Identifier: Apache-2.0
#include "server/audit/clock_state.h"

#include <gtest/gtest.h>
#include <sys/timex.h>

namespace madoguchi::audit {
namespace {

TEST(ClockState, IsWhatTheKernelSays) {
  timex look{};
  const int state = adjtimex(&look);
  if (state < 0) {
    EXPECT_EQ(ClockState(), clock_state::kUnknown);
  } else {
    EXPECT_EQ(ClockState() == clock_state::kSynchronised, state != TIME_ERROR && (look.status & STA_UNSYNC) == 0);
  }
}

}  // namespace
}  // namespace madoguchi::audit
