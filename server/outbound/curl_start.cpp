// SPDX-License-Identifier: Apache-2.0
#include "server/outbound/curl_start.h"

#include <curl/curl.h>

#include <csignal>
#include <cstdlib>
#include <mutex>

namespace madoguchi::outbound {

void StartCurlOnce() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK) std::abort();
    std::signal(SIGPIPE, SIG_IGN);
  });
}

}  // namespace madoguchi::outbound
