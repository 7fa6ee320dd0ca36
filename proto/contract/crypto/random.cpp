// SPDX-License-Identifier: Apache-2.0
#include "contract/crypto/random.h"

#include <openssl/rand.h>

#include <cstdlib>

namespace madoguchi::crypto {

Bytes RandomBytes(std::size_t count) {
  Bytes bytes(count);
  if (RAND_bytes(bytes.data(), static_cast<int>(count)) != 1) std::abort();
  return bytes;
}

Bytes NewUuid() {
  Bytes uuid = RandomBytes(16);
  uuid[6] = static_cast<std::uint8_t>((uuid[6] & 0x0F) | 0x40);
  uuid[8] = static_cast<std::uint8_t>((uuid[8] & 0x3F) | 0x80);
  return uuid;
}

}  // namespace madoguchi::crypto
