// SPDX-License-Identifier: Apache-2.0
#include "server/desk/peer.h"

#include <grpc/grpc_security_constants.h>

#include "contract/bytes.h"
#include "contract/desk_uri.h"

namespace madoguchi::desk {

std::optional<std::string> PeerDeskId(const grpc::AuthContext& context) {
  if (!context.IsPeerAuthenticated()) return {};
  const auto uris = context.FindPropertyValues(GRPC_PEER_URI_PROPERTY_NAME);
  if (uris.size() != 1) return {};
  const std::string_view uri(uris.front().data(), uris.front().size());
  if (!uri.starts_with(kDeskUriPrefix)) return {};
  const std::optional<Bytes> uuid = UuidFromText(uri.substr(kDeskUriPrefix.size()));
  if (!uuid) return {};
  return UuidText(*uuid);
}

}  // namespace madoguchi::desk
