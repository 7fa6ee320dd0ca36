// SPDX-License-Identifier: Apache-2.0
#include "server/identity/activation_keys.h"

#include <utility>

#include "server/identity/certificate_request.h"
#include "server/identity/x509.h"

namespace madoguchi::identity {
namespace {

Result<Bytes> Digest(ByteView request) {
  TRY_ASSIGN(const KeyHandle key, ReadRequestKey(request));
  Bytes digest = KeySha256(key.get());
  if (digest.empty()) return Error{ErrorCode::kInternalError, "digest of a key", {}};
  return digest;
}

bool Verify(ByteView request, ByteView message, ByteView signature) {
  const Result<KeyHandle> key = ReadRequestKey(request);
  return key.ok() && VerifiesEcdsa(key->get(), message, signature);
}

}  // namespace

account::ActivationKeys KeysOfActivation(const FacilityCa& ca) {
  return {Digest, Verify, [&ca](ByteView request, const std::string& desk_id) -> Result<account::IssuedCertificate> {
            TRY_ASSIGN(FacilityCa::Issued issued, ca.IssueDesk(request, desk_id));
            return account::IssuedCertificate{std::move(issued.certificate_pem), std::move(issued.serial),
                                              std::move(issued.certificate_sha256), issued.not_after};
          }};
}

}  // namespace madoguchi::identity
