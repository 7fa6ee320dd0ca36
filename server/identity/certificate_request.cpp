// SPDX-License-Identifier: Apache-2.0
#include "server/identity/certificate_request.h"

#include <openssl/err.h>

namespace madoguchi::identity {
namespace {

Error Invalid(const char* reason) {
  ERR_clear_error();
  return {ErrorCode::kCertificateRequestInvalid, reason, {}};
}

}  // namespace

Result<KeyHandle> ReadRequestKey(ByteView der) {
  if (der.empty() || der.size() > kCertificateRequestBytesMax) return Invalid("size");
  const unsigned char* cursor = der.data();
  const RequestHandle request(d2i_X509_REQ(nullptr, &cursor, static_cast<long>(der.size())));
  if (!request || cursor != der.data() + der.size()) return Invalid("no PKCS#10 request");
  KeyHandle key(X509_REQ_get_pubkey(request.get()));
  if (!key || !IsP256(key.get())) return Invalid("the key is not P-256");
  if (X509_REQ_verify(request.get(), key.get()) != 1) return Invalid("not signed by its own key");
  return key;
}

}  // namespace madoguchi::identity
