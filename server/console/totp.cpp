// SPDX-License-Identifier: Apache-2.0
#include "server/console/totp.h"

#include <liboath/oath.h>

#include <array>

namespace madoguchi::console {
namespace {

constexpr std::string_view kBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";  // RFC 4648 §6

std::string ToBase32(ByteView bytes) {
  std::string text;
  unsigned buffer = 0;
  int bits = 0;
  for (const std::uint8_t byte : bytes) {
    buffer = (buffer << 8U | byte) & 0xFFFFU;
    for (bits += 8; bits >= 5; bits -= 5) text += kBase32[buffer >> static_cast<unsigned>(bits - 5) & 31U];
  }
  if (bits > 0) text += kBase32[buffer << static_cast<unsigned>(5 - bits) & 31U];
  return text;
}

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    const bool plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_';
    escaped += plain ? std::string(1, c) : "%" + ToHex(AsBytes({&c, 1}));
  }
  return escaped;
}

// As long for a wrong code as for a right one.
bool Same(std::string_view a, std::string_view b) {
  unsigned different = a.size() == b.size() ? 0 : 1;
  for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i)
    different |= static_cast<unsigned char>(a[i]) ^ static_cast<unsigned char>(b[i]);
  return different == 0;
}

}  // namespace

Result<std::string> TotpCode(ByteView secret, std::int64_t step) {
  static const bool ready = oath_init() == OATH_OK;
  std::array<char, kTotpDigits + 1> code{};
  const int made = ready && step > 0 ? oath_hotp_generate(reinterpret_cast<const char*>(secret.data()), secret.size(),
                                                          static_cast<std::uint64_t>(step), kTotpDigits, false,
                                                          OATH_HOTP_DYNAMIC_TRUNCATION, code.data())
                                     : OATH_CRYPTO_ERROR;
  if (made != OATH_OK) return Error{ErrorCode::kInternalError, "liboath: " + std::to_string(made), {}};
  return std::string(code.data());
}

Result<std::int64_t> TotpStepOf(ByteView secret, std::string_view code, std::int64_t now_seconds) {
  const std::int64_t now = now_seconds / kTotpStepSeconds;
  std::int64_t found = 0;
  for (std::int64_t step = now - kTotpStepsAround; step <= now + kTotpStepsAround; ++step) {
    TRY_ASSIGN(const std::string right, TotpCode(secret, step));
    if (Same(right, code)) found = step;
  }
  return found;
}

std::string TotpUri(ByteView secret, std::string_view user_id) {
  return "otpauth://totp/Madoguchi:" + Escaped(user_id) + "?secret=" + ToBase32(secret) +
         "&issuer=Madoguchi&algorithm=SHA1&digits=6&period=30";
}

}  // namespace madoguchi::console
