// SPDX-License-Identifier: Apache-2.0
#include "contract/crypto/ed25519.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <unistd.h>

#include <cstdlib>
#include <utility>

#include "contract/crypto/openssl_handles.h"
#include "contract/files.h"
#include "contract/secret_bytes.h"

namespace madoguchi::crypto {
namespace {

constexpr std::size_t kKeyFileBytesMax = 4096;

Error Invalid(const std::string& file, const char* why) {
  ERR_clear_error();
  return {ErrorCode::kTrailKeyInvalid, file + ": " + why, {}};
}

// A key that is encrypted is none of ours: no question is asked on a terminal.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*user*/) {
  return -1;
}

EVP_PKEY* Key(const std::shared_ptr<void>& key) {
  return static_cast<EVP_PKEY*>(key.get());
}

std::shared_ptr<void> Shared(KeyHandle key) {
  return {key.release(), [](void* owned) { EVP_PKEY_free(static_cast<EVP_PKEY*>(owned)); }};
}

}  // namespace

Result<Ed25519Key> Ed25519Key::Make() {
  KeyHandle key(EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"));
  if (!key) return Invalid("Ed25519", "OpenSSL makes no key");
  return Ed25519Key(Shared(std::move(key)));
}

Result<Ed25519Key> Ed25519Key::Read(const std::string& file) {
  TRY_ASSIGN(std::string pem, ReadPrivateFile(file, kKeyFileBytesMax));
  const BioHandle bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  KeyHandle key(PEM_read_bio_PrivateKey(bio.get(), nullptr, NoPassphrase, nullptr));
  Wipe({reinterpret_cast<std::uint8_t*>(pem.data()), pem.size()});
  if (!key) return Invalid(file, "no private key in PEM");
  if (EVP_PKEY_get_base_id(key.get()) != EVP_PKEY_ED25519) return Invalid(file, "a key, but not of Ed25519");
  return Ed25519Key(Shared(std::move(key)));
}

Result<void> Ed25519Key::Write(const std::string& file) const {
  const int taken = open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (taken < 0) return Invalid(file, "not written: it is there already, or its folder cannot be written");
  close(taken);
  const BioHandle bio(BIO_new(BIO_s_secmem()));
  char* pem = nullptr;
  long length = 0;
  if (PEM_write_bio_PKCS8PrivateKey(bio.get(), Key(key_), nullptr, nullptr, 0, nullptr, nullptr) == 1)
    length = BIO_get_mem_data(bio.get(), &pem);
  Result<void> done = length > 0 ? WriteFileWhole(file, {pem, static_cast<std::size_t>(length)}, true)
                                 : Result<void>(Invalid(file, "OpenSSL writes no key"));
  if (!done) unlink(file.c_str());
  return done;
}

Bytes Ed25519Key::public_key() const {
  Bytes bytes(kEd25519KeyBytes);
  std::size_t length = bytes.size();
  if (EVP_PKEY_get_raw_public_key(Key(key_), bytes.data(), &length) != 1 || length != bytes.size()) std::abort();
  return bytes;
}

Bytes Ed25519Key::Sign(ByteView message) const {
  Bytes signature(kEd25519SignatureBytes);
  std::size_t length = signature.size();
  const DigestHandle context(EVP_MD_CTX_new());
  if (!context || EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, Key(key_)) != 1 ||
      EVP_DigestSign(context.get(), signature.data(), &length, message.data(), message.size()) != 1 ||
      length != signature.size()) {
    std::abort();
  }
  return signature;
}

bool VerifyEd25519(ByteView public_key, ByteView message, ByteView signature) {
  if (public_key.size() != kEd25519KeyBytes || signature.size() != kEd25519SignatureBytes) return false;
  const KeyHandle key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, public_key.data(), public_key.size()));
  const DigestHandle context(EVP_MD_CTX_new());
  const bool good =
      key && context && EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
      EVP_DigestVerify(context.get(), signature.data(), signature.size(), message.data(), message.size()) == 1;
  ERR_clear_error();
  return good;
}

}  // namespace madoguchi::crypto
