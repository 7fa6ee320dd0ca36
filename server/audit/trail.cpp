// SPDX-License-Identifier: Apache-2.0
#include "server/audit/trail.h"

#include <utility>

#include "contract/crypto/digest.h"

namespace madoguchi::audit {
namespace {

constexpr std::size_t kKeyIdDigits = 8;

}  // namespace

KeyedHash::KeyedHash(Bytes key, std::vector<Bytes> retired) {
  const auto add = [this](Bytes one) {
    std::string id = ToHex(crypto::Sha256(one)).substr(0, kKeyIdDigits);
    epochs_.push_back({std::move(one), std::move(id)});
  };
  add(std::move(key));
  for (Bytes& one : retired) {
    if (epochs_.size() < kKeyEpochsMax) add(std::move(one));
  }
}

std::string KeyedHash::Hash(const Epoch& epoch, ByteView input) {
  return epoch.id + ":" + ToHex(crypto::HmacSha256(epoch.key, input));
}

std::string KeyedHash::Of(ByteView input) const {
  return Hash(epochs_.front(), input);
}

std::vector<std::string> KeyedHash::AllOf(ByteView input) const {
  std::vector<std::string> hashes;
  for (const Epoch& epoch : epochs_) hashes.push_back(Hash(epoch, input));
  return hashes;
}

KeyedHash KeyedHash::First() const {
  return KeyedHash(epochs_.back().key);
}

}  // namespace madoguchi::audit
