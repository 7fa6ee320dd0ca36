// SPDX-License-Identifier: Apache-2.0
// Owners of OpenSSL's objects, for the .cpp files of the modules that may include OpenSSL and for headers that only
// those include. Thread: as unique_ptr.
#pragma once
#include <openssl/bio.h>
#include <openssl/bn.h>
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>

namespace madoguchi::crypto {

template <auto Free>
struct OpenSslFree {
  template <class T>
  void operator()(T* object) const {
    Free(object);
  }
};
using KeyHandle = std::unique_ptr<EVP_PKEY, OpenSslFree<EVP_PKEY_free>>;
using CertificateHandle = std::unique_ptr<X509, OpenSslFree<X509_free>>;
using RequestHandle = std::unique_ptr<X509_REQ, OpenSslFree<X509_REQ_free>>;
using BioHandle = std::unique_ptr<BIO, OpenSslFree<BIO_free_all>>;
using DigestHandle = std::unique_ptr<EVP_MD_CTX, OpenSslFree<EVP_MD_CTX_free>>;
using BigNumberHandle = std::unique_ptr<BIGNUM, OpenSslFree<BN_free>>;

}  // namespace madoguchi::crypto
