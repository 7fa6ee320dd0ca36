// SPDX-License-Identifier: Apache-2.0
#include "server/trail_key.h"

#include "server/identity/server_certificate.h"

namespace madoguchi::app {

Result<std::string> TrailOrigin(const config::Config& config) {
  if (!config.audit_origin.empty()) return config.audit_origin;
  TRY_ASSIGN(const std::string name, identity::FirstServerName(config.identity_directory));
  return name + "/trail";
}

Result<trail::Signer> TrailSigner(const config::Config& config) {
  TRY_ASSIGN(std::string origin, TrailOrigin(config));
  TRY_ASSIGN(crypto::Ed25519Key key, crypto::Ed25519Key::Read(config.audit_signing_key_file));
  return trail::Signer(std::move(origin), std::move(key), trail::SignatureType::kEd25519);
}

}  // namespace madoguchi::app
