// SPDX-License-Identifier: Apache-2.0
// Digests and base64 (OpenSSL). A failure inside OpenSSL here is a broken installation: the process aborts.
#pragma once
#include <array>
#include <optional>
#include <string>

#include "contract/bytes.h"

namespace madoguchi::crypto {

using Sha256Digest = std::array<std::uint8_t, 32>;

Sha256Digest Sha256(ByteView input);
Sha256Digest Sha256(ByteView first, ByteView second);  // of one behind the other; for many: allocates nothing
Sha256Digest HmacSha256(ByteView key, ByteView input);
std::string ToBase64(ByteView bytes);                    // RFC 4648 §4, padded, one line
std::optional<Bytes> FromBase64(std::string_view text);  // strict: padded, no white space

}  // namespace madoguchi::crypto
