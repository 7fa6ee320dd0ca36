// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/certificate_request.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <memory>

namespace madoguchi::identity {
namespace {

template <auto Free>
struct Freer {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freer<EVP_PKEY_free>>;
using Request = std::unique_ptr<X509_REQ, Freer<X509_REQ_free>>;
using Bio = std::unique_ptr<BIO, Freer<BIO_free>>;

Error OpenSslFailed(const char* what) {
  return {ErrorCode::kInternalError, std::string("OpenSSL: ") + what, {}};
}

Result<SecretBytes> ToPem(EVP_PKEY* key) {
  // Secure-heap BIO: its memory is wiped when it is freed.
  const Bio bio(BIO_new(BIO_s_secmem()));
  if (!bio || PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr) != 1)
    return OpenSslFailed("write key");
  char* text = nullptr;
  const long length = BIO_get_mem_data(bio.get(), &text);
  TRY_ASSIGN(SecretBytes pem, SecretBytes::Make(kKeyPemBytesMax));
  if (length <= 0 || !pem.Append(AsBytes({text, static_cast<std::size_t>(length)}))) return OpenSslFailed("key text");
  return pem;
}

Result<Bytes> ToDer(X509_REQ* request) {
  const int length = i2d_X509_REQ(request, nullptr);
  if (length <= 0) return OpenSslFailed("write request");
  Bytes der(static_cast<std::size_t>(length));
  unsigned char* out = der.data();
  i2d_X509_REQ(request, &out);
  return der;
}

}  // namespace

Result<KeyAndRequest> MakeKeyAndRequest() {
  const Key key(EVP_EC_gen("P-256"));
  const Request request(X509_REQ_new());
  if (!key || !request) return OpenSslFailed("make key");
  X509_NAME* subject = X509_REQ_get_subject_name(request.get());
  const auto* name = reinterpret_cast<const unsigned char*>("madoguchi-desk");
  if (X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, name, -1, -1, 0) != 1 ||
      X509_REQ_set_pubkey(request.get(), key.get()) != 1 ||
      X509_REQ_sign(request.get(), key.get(), EVP_sha256()) == 0) {
    return OpenSslFailed("make request");
  }
  TRY_ASSIGN(SecretBytes key_pem, ToPem(key.get()));
  TRY_ASSIGN(Bytes request_der, ToDer(request.get()));
  return KeyAndRequest{std::move(key_pem), std::move(request_der)};
}

}  // namespace madoguchi::identity
