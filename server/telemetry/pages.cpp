// SPDX-License-Identifier: Apache-2.0
#include "server/telemetry/pages.h"

#include <utility>

namespace madoguchi::telemetry {

web::Handler Pages(const Metrics& metrics, const std::atomic<bool>& ready, TrailTroubles troubles) {
  return [&metrics, &ready, troubles = std::move(troubles)](const web::Request& request) -> web::Response {
    const std::string& path = request.path;
    if (path == "/metrics") return {200, "text/plain; version=0.0.4; charset=utf-8", metrics.Text()};
    if (path == "/healthz") {
      // Answering at all is being alive; only readiness can be false.
      std::string trail = troubles.forked && troubles.forked() ? ",\"trail_forked\":true" : "";
      trail += troubles.sink_behind && troubles.sink_behind() ? ",\"trail_sink_behind\":true}\n" : "}\n";
      if (ready) return {200, "application/json", "{\"live\":true,\"ready\":true" + trail};
      return {503, "application/json", "{\"live\":true,\"ready\":false" + trail};
    }
    return {404, "text/plain; charset=utf-8", "/metrics or /healthz\n"};
  };
}

}  // namespace madoguchi::telemetry
