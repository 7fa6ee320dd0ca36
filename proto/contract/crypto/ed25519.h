// SPDX-License-Identifier: Apache-2.0
// Ed25519 (RFC 8032) by OpenSSL. The private key is a PKCS #8 PEM file that only its owner may read.
// Thread: any; a key may be used from several threads at once. Ownership: a key holds its secret in OpenSSL's memory
// until the last copy is gone. Errors: TRAIL_KEY_INVALID (the file's name and why, never its content) · those of
// files.h.
#pragma once
#include <memory>
#include <string>

#include "contract/bytes.h"
#include "contract/result.h"

namespace madoguchi::crypto {

inline constexpr std::size_t kEd25519KeyBytes = 32;
inline constexpr std::size_t kEd25519SignatureBytes = 64;

class Ed25519Key {
 public:
  static Result<Ed25519Key> Make();
  static Result<Ed25519Key> Read(const std::string& file);
  // Refuses to replace a file: a trail has one key.
  Result<void> Write(const std::string& file) const;

  Bytes public_key() const;            // kEd25519KeyBytes
  Bytes Sign(ByteView message) const;  // kEd25519SignatureBytes

 private:
  explicit Ed25519Key(std::shared_ptr<void> key) : key_(std::move(key)) {}
  std::shared_ptr<void> key_;  // EVP_PKEY
};

bool VerifyEd25519(ByteView public_key, ByteView message, ByteView signature);

}  // namespace madoguchi::crypto
