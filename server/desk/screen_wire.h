// SPDX-License-Identifier: Apache-2.0
// A desk's report about its screen as an event of the trail. Errors: MESSAGE_INVALID: nonsense, the stream ends.
// Thread: any. Source: proto/madoguchi/v1/screen_report.proto.
#pragma once
#include <chrono>

#include "contract/result.h"
#include "madoguchi/v1/screen_report.pb.h"
#include "server/audit/trail.h"

namespace madoguchi::desk {

inline constexpr std::chrono::seconds kOnScreenMax{24 * 3600};  // a result stands on a screen; longer is nonsense
inline constexpr std::chrono::seconds kReportToldLate{10};      // from here on the event says how late it came

// Without account and institution: those are the press's own, which the store knows.
Result<audit::Event> ReadScreenReport(const v1::ScreenReport& report, const std::string& desk_id);

}  // namespace madoguchi::desk
