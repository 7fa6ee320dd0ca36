// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/certificate_request.h"

#include <openssl/pem.h>

#include "terminal/identity/openssl_handles.h"

namespace madoguchi::identity {

Result<Bytes> MakeRequest(const SecretBytes& key_pem) {
  const BioHandle bio(BIO_new_mem_buf(key_pem.view().data(), static_cast<int>(key_pem.size())));
  const KeyHandle key(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr) : nullptr);
  if (!key) return Error{ErrorCode::kConfigFileUnreadable, "no key", {}};
  const RequestHandle request(X509_REQ_new());
  if (!request) return OpenSslFailed("make request");
  X509_NAME* subject = X509_REQ_get_subject_name(request.get());
  const auto* name = reinterpret_cast<const unsigned char*>("madoguchi-desk");
  if (X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, name, -1, -1, 0) != 1 ||
      X509_REQ_set_pubkey(request.get(), key.get()) != 1 ||
      X509_REQ_sign(request.get(), key.get(), EVP_sha256()) == 0) {
    return OpenSslFailed("make request");
  }
  const int length = i2d_X509_REQ(request.get(), nullptr);
  if (length <= 0) return OpenSslFailed("write request");
  Bytes der(static_cast<std::size_t>(length));
  unsigned char* out = der.data();
  i2d_X509_REQ(request.get(), &out);
  return der;
}

}  // namespace madoguchi::identity
