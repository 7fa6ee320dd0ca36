// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/signature.h"

#include "contract/crypto/digest.h"
#include "contract/files.h"

namespace madoguchi::handoff {

Result<SecretBytes> ReadSigningKey(const std::string& file) {
  TRY_ASSIGN(std::string text, ReadPrivateFile(file, 2 * kSigningKeyBytesMax + 2));
  std::string_view hex = text;
  while (!hex.empty() && (hex.back() == '\n' || hex.back() == '\r')) hex.remove_suffix(1);
  std::optional<Bytes> bytes = FromHex(hex);
  Wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  if (!bytes || bytes->size() < kSigningKeyBytesMin || bytes->size() > kSigningKeyBytesMax)
    return Error{ErrorCode::kConfigValueInvalid, file + ": 64 to 128 hex digits", {}};
  Result<SecretBytes> key = SecretBytes::Make(kSigningKeyBytesMax);
  const bool kept = key && key->Append(*bytes);
  Wipe(*bytes);
  if (key && !kept) return Error{ErrorCode::kInternalError, "signing key", {}};
  return key;
}

std::string SignatureOf(ByteView key, std::int64_t unix_seconds, std::string_view body) {
  const std::string seconds = std::to_string(unix_seconds);
  const std::string signed_text = seconds + "." + std::string(body);
  return "t=" + seconds + ",v1=" + ToHex(crypto::HmacSha256(key, AsBytes(signed_text)));
}

}  // namespace madoguchi::handoff
