// SPDX-License-Identifier: Apache-2.0
// What the telemetry listener shows: /metrics, and /healthz = 200 while the server takes presses, 503 while it does
// not. Thread: any. No session, no data about a person.
#pragma once
#include <atomic>
#include <functional>
#include <string>

#include "contract/web/https_listener.h"
#include "server/telemetry/metrics.h"

namespace madoguchi::telemetry {

// What /healthz says besides; its status does not change: checks go on.
struct TrailTroubles {
  std::function<bool()> forked = {};       // TRAIL_FORKED
  std::function<bool()> sink_behind = {};  // TRAIL_SINK_FAILED
};

// metrics, ready and what the troubles use outlive the handler.
web::Handler Pages(const Metrics& metrics, const std::atomic<bool>& ready, TrailTroubles troubles = {});

}  // namespace madoguchi::telemetry
