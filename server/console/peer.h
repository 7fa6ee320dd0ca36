// SPDX-License-Identifier: Apache-2.0
// Which console is on the other end: the one named by the certificate that the TLS handshake verified. Whether the
// certificate is in the book and not revoked, the session book says (session_book.h). Thread: any.
#pragma once
#include <grpcpp/security/auth_context.h>

#include <optional>
#include <string_view>

#include "server/console/session_book.h"

namespace madoguchi::console {

inline constexpr std::string_view kConsoleUriPrefix = "urn:madoguchi:console:";

// Nothing unless the certificate has exactly one URI SAN and it is urn:madoguchi:console:<uuid>.
std::optional<Door> PeerDoor(const grpc::AuthContext& context);

}  // namespace madoguchi::console
