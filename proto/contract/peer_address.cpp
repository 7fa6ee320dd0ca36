// SPDX-License-Identifier: Apache-2.0
#include "contract/peer_address.h"

#include <arpa/inet.h>

#include <string_view>
#include <utility>

namespace madoguchi {

std::string PeerAddress(const std::string& peer) {
  const std::size_t colon = peer.rfind(':');
  const bool is_v6 = peer.starts_with("ipv6:");
  if (colon == std::string::npos || colon < 5 || (!is_v6 && !peer.starts_with("ipv4:"))) return {};
  std::string address = peer.substr(5, colon - 5);
  for (const auto& [open, close] : {std::pair{"%5B", "%5D"}, std::pair{"[", "]"}}) {
    const std::string_view before(open), after(close);
    if (is_v6 && address.starts_with(before) && address.ends_with(after)) {
      address = address.substr(before.size(), address.size() - before.size() - after.size());
    }
  }
  unsigned char binary[sizeof(in6_addr)];
  return inet_pton(is_v6 ? AF_INET6 : AF_INET, address.c_str(), binary) == 1 ? address : std::string();
}

}  // namespace madoguchi
