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

}  // namespace madoguchi::desk
