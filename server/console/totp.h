// SPDX-License-Identifier: Apache-2.0
// TOTP (RFC 6238: SHA-1, 30 seconds, 6 digits) with a tolerance of one step either way. A code is good once: whoever
// asks keeps the highest step that was used and takes only later ones (§5.2). liboath stays inside. Thread: any.
#pragma once
#include <cstdint>
#include <string>
#include <string_view>

#include "contract/bytes.h"
#include "contract/result.h"

namespace madoguchi::console {

inline constexpr std::int64_t kTotpStepSeconds = 30;
inline constexpr std::int64_t kTotpStepsAround = 1;
inline constexpr std::size_t kTotpDigits = 6;
inline constexpr std::size_t kTotpSecretBytes = 20;  // RFC 4226 §4 R6

// The latest step within the tolerance whose code this is; 0: none. INTERNAL_ERROR when liboath fails.
Result<std::int64_t> TotpStepOf(ByteView secret, std::string_view code, std::int64_t now_seconds);
// The code of one step: for tests and for whoever enrols.
Result<std::string> TotpCode(ByteView secret, std::int64_t step);
// otpauth://totp/… as authenticator apps read it (the "key URI format"). Secret.
std::string TotpUri(ByteView secret, std::string_view user_id);

}  // namespace madoguchi::console
