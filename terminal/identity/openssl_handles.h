// SPDX-License-Identifier: Apache-2.0
// Owners of OpenSSL's objects, for this folder's .cpp files only.
#pragma once
#include <openssl/ssl.h>

#include <memory>
#include <string>

#include "contract/crypto/openssl_handles.h"
#include "contract/result.h"

namespace madoguchi::identity {

using crypto::BioHandle;
using crypto::CertificateHandle;
using crypto::DigestHandle;
using crypto::KeyHandle;
using crypto::OpenSslFree;
using crypto::RequestHandle;
using StoreHandle = std::unique_ptr<X509_STORE, OpenSslFree<X509_STORE_free>>;
using StoreContextHandle = std::unique_ptr<X509_STORE_CTX, OpenSslFree<X509_STORE_CTX_free>>;
using TlsContextHandle = std::unique_ptr<SSL_CTX, OpenSslFree<SSL_CTX_free>>;
using TlsHandle = std::unique_ptr<SSL, OpenSslFree<SSL_free>>;

inline Error OpenSslFailed(const char* what) {
  return {ErrorCode::kInternalError, std::string("OpenSSL: ") + what, {}};
}

}  // namespace madoguchi::identity
