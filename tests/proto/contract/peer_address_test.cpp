// SPDX-License-Identifier: Apache-2.0
#include "contract/peer_address.h"

#include <gtest/gtest.h>

namespace madoguchi {
namespace {

TEST(PeerAddress, IsTheAddressAlone) {
  EXPECT_EQ(PeerAddress("ipv4:192.0.2.1:50000"), "192.0.2.1");
  EXPECT_EQ(PeerAddress("ipv6:%5B2001:db8::1%5D:50000"), "2001:db8::1");
  EXPECT_EQ(PeerAddress("ipv6:[2001:db8::1]:50000"), "2001:db8::1");
  for (const char* other : {"", "unix:/run/x", "ipv4:", "ipv4:x:1", "ipv6:%5B::1", "inproc"})
    EXPECT_EQ(PeerAddress(other), "") << other;
}

}  // namespace
}  // namespace madoguchi
