// SPDX-License-Identifier: Apache-2.0
#include "server/desk/peer.h"

#include <grpc/grpc_security_constants.h>

#include "contract/crypto/certificate.h"
#include "contract/crypto/digest.h"
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

Bytes PeerCertificateSha256(const grpc::AuthContext& context) {
  if (!context.IsPeerAuthenticated()) return {};
  const auto certificates = context.FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  if (certificates.size() != 1) return {};
  const Result<Bytes> der =
      crypto::DerFromPem(std::string_view(certificates.front().data(), certificates.front().size()));
  if (!der) return {};
  const crypto::Sha256Digest digest = crypto::Sha256(*der);
  return {digest.begin(), digest.end()};
}

}  // namespace madoguchi::desk
