// SPDX-License-Identifier: Apache-2.0
// What the telemetry listener shows: /metrics, and /healthz = 200 while the server takes presses, 503 while it does
// not. Thread: any. No session, no data about a person.
#pragma once
#include <atomic>
#include <string>

#include "contract/web/https_listener.h"
#include "server/telemetry/metrics.h"

namespace madoguchi::telemetry {

// metrics and ready outlive the handler.
web::Handler Pages(const Metrics& metrics, const std::atomic<bool>& ready);

}  // namespace madoguchi::telemetry
