// SPDX-License-Identifier: Apache-2.0
// Sealing small secrets for the database: AES-256-GCM (NIST SP 800-38D) with a random nonce under a key from a file outside it.
// Sealed form: nonce 12 ‖ ciphertext ‖ tag 16. `about` is authenticated with it (what it is and whose: "sheet" 00 "W0000001"), so a
// sealed value cannot be moved to another row. Thread: any. Errors: INTERNAL_ERROR when OpenSSL fails, CONFIG_VALUE_INVALID for a
// key file that has not 64 hex digits; Open gives INTERNAL_ERROR for a value that was not sealed with this key and `about`.
#pragma once
#include <string>
#include <string_view>

#include "contract/bytes.h"
#include "contract/result.h"
#include "contract/secret_bytes.h"

namespace madoguchi::crypto {

inline constexpr std::size_t kSealKeyBytes = 32;
inline constexpr std::size_t kSealedOverheadBytes = 28;
inline constexpr std::size_t kSealedPlainBytesMax = 128 * 1024 - kSealedOverheadBytes;

class Seal {
 public:
  static Result<Seal> FromKeyFile(const std::string& file);
  // key: kSealKeyBytes bytes, else INTERNAL_ERROR.
  static Result<Seal> FromKey(ByteView key);
  Result<Bytes> Close(ByteView plain, std::string_view about) const;
  Result<SecretBytes> Open(ByteView sealed, std::string_view about) const;

 private:
  explicit Seal(SecretBytes key) : key_(std::move(key)) {}
  SecretBytes key_;
};

}  // namespace madoguchi::crypto
