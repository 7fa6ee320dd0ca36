// SPDX-License-Identifier: Apache-2.0
#include "server/audit/trail.h"

#include <utility>

#include "contract/crypto/digest.h"

namespace madoguchi::audit {
namespace {

constexpr std::size_t kKeyIdDigits = 8;

}  // namespace

KeyedHash::KeyedHash(Bytes key) : key_(std::move(key)), id_(ToHex(crypto::Sha256(key_)).substr(0, kKeyIdDigits)) {}

std::string KeyedHash::Of(ByteView input) const {
  return id_ + ":" + ToHex(crypto::HmacSha256(key_, input));
}

}  // namespace madoguchi::audit
