// SPDX-License-Identifier: Apache-2.0
#include "server/console/peer.h"

#include <grpc/grpc_security_constants.h>

#include "contract/bytes.h"
#include "contract/crypto/certificate.h"
#include "contract/crypto/digest.h"

namespace madoguchi::console {

std::optional<Door> PeerDoor(const grpc::AuthContext& context) {
  if (!context.IsPeerAuthenticated()) return {};
  const auto uris = context.FindPropertyValues(GRPC_PEER_URI_PROPERTY_NAME);
  const auto pems = context.FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  if (uris.size() != 1 || pems.size() != 1) return {};
  const std::string_view uri(uris.front().data(), uris.front().size());
  if (!uri.starts_with(kConsoleUriPrefix)) return {};
  const std::optional<Bytes> uuid = UuidFromText(uri.substr(kConsoleUriPrefix.size()));
  const Result<Bytes> der = crypto::DerFromPem(std::string_view(pems.front().data(), pems.front().size()));
  if (!uuid || !der.ok()) return {};
  const crypto::Sha256Digest digest = crypto::Sha256(*der);
  return Door{UuidText(*uuid), Bytes(digest.begin(), digest.end())};
}

}  // namespace madoguchi::console
