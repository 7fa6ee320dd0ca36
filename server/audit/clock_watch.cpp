// SPDX-License-Identifier: Apache-2.0
#include "server/audit/clock_watch.h"

#include "server/audit/event.h"

namespace madoguchi::audit {

Result<void> ClockWatch::Round(Deadline deadline) {
  const std::string now(look_());
  if (now == recorded_) return {};
  Event event;
  event.action = action::kAuditClockState;
  event.detail = "state=" + now + (recorded_.empty() ? " at=start" : " before=" + recorded_);
  event.actor = "server";
  TRY_VOID(trail_.RecordEvent(event, deadline));
  recorded_ = now;
  return {};
}

}  // namespace madoguchi::audit
