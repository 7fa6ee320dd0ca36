// SPDX-License-Identifier: Apache-2.0
// Owners of OpenSSL's objects, for this folder's .cpp files only.
#pragma once
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <memory>

#include "contract/result.h"

namespace madoguchi::identity {

template <auto Free>
struct OpenSslFree {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using KeyHandle = std::unique_ptr<EVP_PKEY, OpenSslFree<EVP_PKEY_free>>;
using RequestHandle = std::unique_ptr<X509_REQ, OpenSslFree<X509_REQ_free>>;
using BioHandle = std::unique_ptr<BIO, OpenSslFree<BIO_free>>;
using CertificateHandle = std::unique_ptr<X509, OpenSslFree<X509_free>>;
using DigestHandle = std::unique_ptr<EVP_MD_CTX, OpenSslFree<EVP_MD_CTX_free>>;
using StoreHandle = std::unique_ptr<X509_STORE, OpenSslFree<X509_STORE_free>>;
using StoreContextHandle = std::unique_ptr<X509_STORE_CTX, OpenSslFree<X509_STORE_CTX_free>>;
using TlsContextHandle = std::unique_ptr<SSL_CTX, OpenSslFree<SSL_CTX_free>>;
using TlsHandle = std::unique_ptr<SSL, OpenSslFree<SSL_free>>;

inline Error OpenSslFailed(const char* what) {
  return {ErrorCode::kInternalError, std::string("OpenSSL: ") + what, {}};
}

}  // namespace madoguchi::identity
