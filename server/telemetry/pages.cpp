// SPDX-License-Identifier: Apache-2.0
#include "server/telemetry/pages.h"

namespace madoguchi::telemetry {

web::Handler Pages(const Metrics& metrics, const std::atomic<bool>& ready) {
  return [&metrics, &ready](const web::Request& request) -> web::Response {
    const std::string& path = request.path;
    if (path == "/metrics") return {200, "text/plain; version=0.0.4; charset=utf-8", metrics.Text()};
    if (path == "/healthz") {
      // Answering at all is being alive; only readiness can be false.
      if (ready) return {200, "application/json", "{\"live\":true,\"ready\":true}\n"};
      return {503, "application/json", "{\"live\":true,\"ready\":false}\n"};
    }
    return {404, "text/plain; charset=utf-8", "/metrics or /healthz\n"};
  };
}

}  // namespace madoguchi::telemetry
