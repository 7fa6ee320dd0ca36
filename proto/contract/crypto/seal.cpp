// SPDX-License-Identifier: Apache-2.0
#include "contract/crypto/seal.h"

#include <openssl/evp.h>

#include <array>
#include <memory>

#include "contract/crypto/random.h"
#include "contract/files.h"

namespace madoguchi::crypto {
namespace {

constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_CIPHER_CTX, FreeContext>;

Error Failed(const char* what) {
  return {ErrorCode::kInternalError, what, {}};
}

const unsigned char* Data(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

Result<Seal> Seal::FromKeyFile(const std::string& file) {
  TRY_ASSIGN(std::string text, ReadPrivateFile(file));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  std::optional<Bytes> bytes = FromHex(text);
  Wipe({reinterpret_cast<std::uint8_t*>(text.data()), text.size()});
  if (!bytes || bytes->size() != kSealKeyBytes)
    return Error{ErrorCode::kConfigValueInvalid, file + ": exactly 64 hex digits", {}};
  Result<Seal> seal = FromKey(*bytes);
  Wipe(*bytes);
  return seal;
}

Result<Seal> Seal::FromKey(ByteView bytes) {
  if (bytes.size() != kSealKeyBytes) return Failed("seal key");
  TRY_ASSIGN(SecretBytes key, SecretBytes::Make(kSealKeyBytes));
  if (!key.Append(bytes)) return Failed("seal key");
  return Seal(std::move(key));
}

Result<Bytes> Seal::Close(ByteView plain, std::string_view about) const {
  if (plain.size() > kSealedPlainBytesMax) return Failed("too much to seal");
  Bytes sealed = RandomBytes(kNonceBytes);
  sealed.resize(kNonceBytes + plain.size() + kTagBytes);
  const Context context(EVP_CIPHER_CTX_new());
  int length = 0;
  const bool done =
      context && EVP_EncryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key_.view().data(), sealed.data()) == 1 &&
      EVP_EncryptUpdate(context.get(), nullptr, &length, Data(about), static_cast<int>(about.size())) == 1 &&
      EVP_EncryptUpdate(context.get(), sealed.data() + kNonceBytes, &length, plain.data(), static_cast<int>(plain.size())) == 1 &&
      EVP_EncryptFinal_ex(context.get(), sealed.data() + kNonceBytes + plain.size(), &length) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_GET_TAG, static_cast<int>(kTagBytes),
                          sealed.data() + kNonceBytes + plain.size()) == 1;
  if (!done) return Failed("sealing");
  return sealed;
}

Result<SecretBytes> Seal::Open(ByteView sealed, std::string_view about) const {
  if (sealed.size() < kSealedOverheadBytes || sealed.size() > kSealedPlainBytesMax + kSealedOverheadBytes)
    return Failed("not a sealed value");
  const std::size_t length = sealed.size() - kSealedOverheadBytes;
  std::array<std::uint8_t, kTagBytes> tag{};
  std::copy(sealed.end() - static_cast<std::ptrdiff_t>(kTagBytes), sealed.end(), tag.begin());
  TRY_ASSIGN(SecretBytes plain, SecretBytes::Make(length == 0 ? 1 : length));
  const Context context(EVP_CIPHER_CTX_new());
  int written = 0;
  const bool opened =
      context && EVP_DecryptInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, key_.view().data(), sealed.data()) == 1 &&
      EVP_DecryptUpdate(context.get(), nullptr, &written, Data(about), static_cast<int>(about.size())) == 1 &&
      EVP_DecryptUpdate(context.get(), plain.free_space().data(), &written, sealed.data() + kNonceBytes, static_cast<int>(length)) == 1 &&
      EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_GCM_SET_TAG, static_cast<int>(kTagBytes), tag.data()) == 1 &&
      EVP_DecryptFinal_ex(context.get(), plain.free_space().data() + written, &written) == 1;
  if (!opened) return Failed("a sealed value of another key or another row");
  plain.Grow(length);
  return plain;
}

}  // namespace madoguchi::crypto
