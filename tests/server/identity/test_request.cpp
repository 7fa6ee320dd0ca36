// SPDX-License-Identifier: Apache-2.0
#include "tests/server/identity/test_request.h"

#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <memory>

namespace madoguchi::identity {
namespace {

template <auto Free>
struct Freed {
  template <class T>
  void operator()(T* pointer) const {
    Free(pointer);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using Request = std::unique_ptr<X509_REQ, Freed<X509_REQ_free>>;

Key MakeKey(RequestKey kind) {
  switch (kind) {
    case RequestKey::kP256:
      return Key(EVP_EC_gen("P-256"));
    case RequestKey::kP384:
      return Key(EVP_EC_gen("P-384"));
    case RequestKey::kRsa2048:
      return Key(EVP_RSA_gen(2048));
  }
  return {};
}

void AskForTheMoon(X509_REQ* request) {
  STACK_OF(X509_EXTENSION)* wishes = sk_X509_EXTENSION_new_null();
  sk_X509_EXTENSION_push(wishes, X509V3_EXT_conf_nid(nullptr, nullptr, NID_basic_constraints, "critical,CA:TRUE"));
  sk_X509_EXTENSION_push(wishes, X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name,
                                                     "URI:urn:madoguchi:desk:ffffffff-ffff-4fff-bfff-ffffffffffff"));
  X509_REQ_add_extensions(request, wishes);
  sk_X509_EXTENSION_pop_free(wishes, X509_EXTENSION_free);
}

Bytes Der(EVP_PKEY* subject, EVP_PKEY* signer, bool wants_ca) {
  const Request request(X509_REQ_new());
  X509_REQ_set_version(request.get(), 0);
  X509_REQ_set_pubkey(request.get(), subject);
  if (wants_ca) AskForTheMoon(request.get());
  X509_REQ_sign(request.get(), signer, EVP_sha256());
  unsigned char* der = nullptr;
  const int length = i2d_X509_REQ(request.get(), &der);
  Bytes bytes(der, der + length);
  OPENSSL_free(der);
  return bytes;
}

std::string Pem(EVP_PKEY* key) {
  const std::unique_ptr<BIO, Freed<BIO_free_all>> memory(BIO_new(BIO_s_mem()));
  PEM_write_bio_PKCS8PrivateKey(memory.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  char* data = nullptr;
  const long length = BIO_get_mem_data(memory.get(), &data);
  return {data, static_cast<std::size_t>(length)};
}

}  // namespace

TestRequest MakeRequest(RequestKey kind, bool wants_ca) {
  const Key key = MakeKey(kind);
  return {Der(key.get(), key.get(), wants_ca), Pem(key.get())};
}

Bytes RequestSignedByAnotherKey() {
  const Key subject = MakeKey(RequestKey::kP256);
  const Key signer = MakeKey(RequestKey::kP256);
  return Der(subject.get(), signer.get(), false);
}

Bytes SignWith(const std::string& key_pem, ByteView message) {
  const std::unique_ptr<BIO, Freed<BIO_free_all>> memory(
      BIO_new_mem_buf(key_pem.data(), static_cast<int>(key_pem.size())));
  const Key key(PEM_read_bio_PrivateKey(memory.get(), nullptr, nullptr, nullptr));
  const std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
  EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key.get());
  std::size_t length = 0;
  EVP_DigestSign(context.get(), nullptr, &length, message.data(), message.size());
  Bytes signature(length);
  EVP_DigestSign(context.get(), signature.data(), &length, message.data(), message.size());
  signature.resize(length);
  return signature;
}

}  // namespace madoguchi::identity
