// SPDX-License-Identifier: Apache-2.0
// Who is on the other end: the desk named by the certificate that the TLS handshake verified. No field of a message
// says who a desk is.
#pragma once
#include <grpcpp/security/auth_context.h>

#include <optional>
#include <string>

#include "contract/bytes.h"

namespace madoguchi::desk {

// UUID text in lower case; nothing unless the certificate has exactly one URI SAN and it is urn:madoguchi:desk:<uuid>.
std::optional<std::string> PeerDeskId(const grpc::AuthContext& context);

// SHA-256 of the certificate's DER, 32 bytes; empty unless the handshake verified one.
Bytes PeerCertificateSha256(const grpc::AuthContext& context);

// The IP address in what gRPC calls a peer ("ipv4:127.0.0.1:50000", "ipv6:%5B::1%5D:50000"); empty: there is none.
std::string PeerAddress(const std::string& peer);

}  // namespace madoguchi::desk
