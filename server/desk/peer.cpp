// SPDX-License-Identifier: Apache-2.0
#include "server/desk/peer.h"

#include <arpa/inet.h>
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

}  // namespace madoguchi::desk
