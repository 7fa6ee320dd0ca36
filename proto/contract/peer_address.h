// SPDX-License-Identifier: Apache-2.0
// Who is on the other end of a connection, for the trail. Pure. Thread: any.
#pragma once
#include <string>

namespace madoguchi {

// The IP address in what gRPC calls a peer ("ipv4:127.0.0.1:50000", "ipv6:%5B::1%5D:50000"); empty: there is none.
std::string PeerAddress(const std::string& peer);

}  // namespace madoguchi
