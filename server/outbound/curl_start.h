// SPDX-License-Identifier: Apache-2.0
// What has to be done once per process before libcurl is used from threads. Thread: any.
#pragma once

namespace madoguchi::outbound {

// From here on the process ignores SIGPIPE: with CURLOPT_NOSIGNAL, which threads need, libcurl leaves that to the
// program, and a peer's reset would end the server.
void StartCurlOnce();

}  // namespace madoguchi::outbound
