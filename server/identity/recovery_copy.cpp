// SPDX-License-Identifier: Apache-2.0
#include "server/identity/recovery_copy.h"

#include <openssl/evp.h>

#include "server/identity/x509.h"

namespace madoguchi::identity {
namespace {

constexpr char kTrailLine[] = "\nmadoguchi-trail: ";  // readers of PEM pass it by

bool IsEd25519(EVP_PKEY* key) {
  return key != nullptr && EVP_PKEY_get_base_id(key) == EVP_PKEY_ED25519;
}

}  // namespace

Result<std::string> WithTrailKey(const std::string& copy, const TrailKeyCopy& trail,
                                 const std::string& copy_passphrase) {
  const KeyHandle key = KeyFromPem(trail.key_pem, {});
  const std::string sealed = IsEd25519(key.get()) ? EncryptedKeyPem(key.get(), copy_passphrase) : std::string();
  if (sealed.empty()) return Error{ErrorCode::kTrailKeyInvalid, "no key of Ed25519 in PEM", {}};
  return copy + (kTrailLine + 1) + trail.origin + "\n" + sealed;
}

Result<std::optional<TrailKeyCopy>> TrailKeyOf(const std::string& copy, const std::string& copy_passphrase) {
  const std::size_t line = copy.find(kTrailLine);
  if (line == std::string::npos) return std::optional<TrailKeyCopy>();
  const std::size_t begin = line + sizeof kTrailLine - 1;
  const std::size_t end = copy.find('\n', begin);
  const KeyHandle key = end == std::string::npos || end == begin || end - begin > kTrailOriginBytesMax
                            ? KeyHandle()
                            : KeyFromPem(copy.substr(end), copy_passphrase);
  if (!IsEd25519(key.get()))
    return Error{ErrorCode::kRecoveryCopyUnreadable, "the trail's key, or the passphrase is wrong", {}};
  return std::optional<TrailKeyCopy>({copy.substr(begin, end - begin), KeyPem(key.get())});
}

}  // namespace madoguchi::identity
