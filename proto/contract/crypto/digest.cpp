// SPDX-License-Identifier: Apache-2.0
#include "contract/crypto/digest.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <cstdlib>

#include "contract/crypto/openssl_handles.h"

namespace madoguchi::crypto {
namespace {

// Looking the algorithm up costs more than hashing a short row: each thread does it once.
struct ThreadDigest {
  std::unique_ptr<EVP_MD, OpenSslFree<EVP_MD_free>> algorithm{EVP_MD_fetch(nullptr, "SHA256", nullptr)};
  DigestHandle context{EVP_MD_CTX_new()};
};

}  // namespace

Sha256Digest Sha256(ByteView input) {
  Sha256Digest digest;
  unsigned int length = 0;
  if (EVP_Digest(input.data(), input.size(), digest.data(), &length, EVP_sha256(), nullptr) != 1) std::abort();
  return digest;
}

Sha256Digest Sha256(ByteView first, ByteView second) {
  thread_local const ThreadDigest of_thread;
  EVP_MD_CTX* context = of_thread.context.get();
  Sha256Digest digest;
  if (EVP_DigestInit_ex(context, of_thread.algorithm.get(), nullptr) != 1 ||
      EVP_DigestUpdate(context, first.data(), first.size()) != 1 ||
      EVP_DigestUpdate(context, second.data(), second.size()) != 1 ||
      EVP_DigestFinal_ex(context, digest.data(), nullptr) != 1) {
    std::abort();
  }
  return digest;
}

Sha256Digest HmacSha256(ByteView key, ByteView input) {
  Sha256Digest digest;
  unsigned int length = 0;
  if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), input.data(), input.size(), digest.data(),
           &length) == nullptr) {
    std::abort();
  }
  return digest;
}

std::string ToBase64(ByteView bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

std::optional<Bytes> FromBase64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::size_t padding = 0;
  while (padding < 2 && padding < text.size() && text[text.size() - 1 - padding] == '=') ++padding;
  for (const char c : text.substr(0, text.size() - padding)) {
    const bool in_alphabet =
        (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/';
    if (!in_alphabet) return std::nullopt;
  }
  Bytes bytes(text.size() / 4 * 3 + 1);
  const int length =
      EVP_DecodeBlock(bytes.data(), reinterpret_cast<const unsigned char*>(text.data()), static_cast<int>(text.size()));
  if (length < 0 || static_cast<std::size_t>(length) < padding) return std::nullopt;
  bytes.resize(static_cast<std::size_t>(length) - padding);
  return bytes;
}

}  // namespace madoguchi::crypto
