// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/channel.h"

#include <gtest/gtest.h>

namespace madoguchi::identity {
namespace {

ErrorCode Code(const char* text) {
  return FromStatus({grpc::StatusCode::UNAVAILABLE, text}).code;
}

TEST(Channel, TellsAServerThatIsNotTrustedFromOneThatIsNotThere) {
  EXPECT_EQ(Code("failed to connect to all addresses; last error: UNKNOWN: ipv4:127.0.0.1:1: Ssl handshake failed: "
                 "SSL_ERROR_SSL: error:0A000086:SSL routines::certificate verify failed"),
            ErrorCode::kServerNotTrusted);
  EXPECT_EQ(Code("Peer name localhost is not in peer certificate"), ErrorCode::kServerNotTrusted);
  EXPECT_EQ(Code("failed to connect to all addresses; last error: UNKNOWN: Failed to connect to remote host: "
                 "Connection refused"),
            ErrorCode::kServerUnreachable);
  EXPECT_EQ(Code("Socket closed"), ErrorCode::kServerUnreachable);
}

TEST(Channel, IsNotOpenedWithoutTheFilesOfTheDesk) {
  EXPECT_FALSE(OpenChannel("localhost:1", {"/nonexistent/root.pem", "", ""}).ok());
}

}  // namespace
}  // namespace madoguchi::identity
