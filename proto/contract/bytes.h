// SPDX-License-Identifier: Apache-2.0
// Bytes and their printed forms. Nothing here is for secrets: see secret_bytes.h.
#pragma once
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace madoguchi {

using Bytes = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

std::string ToHex(ByteView bytes);                   // lower case, no separators
std::string GroupedHex(ByteView bytes);              // "3f2a 11c0 05": to be read aloud and compared
std::optional<Bytes> FromHex(std::string_view hex);  // even length, either case; else nothing
inline ByteView AsBytes(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}
inline std::string_view AsText(ByteView bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// A UUID as 16 bytes, most significant first (RFC 9562 §4), and as text "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx".
std::string UuidText(ByteView uuid);                       // precondition: 16 bytes
std::optional<Bytes> UuidFromText(std::string_view text);  // either case

}  // namespace madoguchi
