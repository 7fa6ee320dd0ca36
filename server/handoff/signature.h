// SPDX-License-Identifier: Apache-2.0
// Signature of what is posted to a receiver: `Madoguchi-Signature: t=<unix seconds>,v1=<hex>`, where v1 is HMAC-SHA-256
// (RFC 2104) under a key both sides have, over the decimal seconds, a full stop and the body as sent. How a receiver
// checks it: docs/handoff.md. Thread: any, no state.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "contract/bytes.h"
#include "contract/result.h"
#include "contract/secret_bytes.h"

namespace madoguchi::handoff {

inline constexpr char kSignatureHeader[] = "Madoguchi-Signature";
inline constexpr std::size_t kSigningKeyBytesMin = 32;
inline constexpr std::size_t kSigningKeyBytesMax = 64;

// A private file (mode 0600) with 64 to 128 hex digits, and perhaps a line end. CONFIG_FILE_UNREADABLE ·
// CONFIG_FILE_PERMISSIONS · CONFIG_VALUE_INVALID.
Result<SecretBytes> ReadSigningKey(const std::string& file);

// The header's value.
std::string SignatureOf(ByteView key, std::int64_t unix_seconds, std::string_view body);

}  // namespace madoguchi::handoff
