// SPDX-License-Identifier: Apache-2.0
// A key and certificate made for one test, and the answers a desk would send for them.
#pragma once
#include <openssl/evp.h>
#include <openssl/x509.h>

#include <chrono>
#include <memory>
#include <string_view>

#include "contract/card_script.h"

namespace madoguchi::check {

class TestCard {
 public:
  explicit TestCard(long valid_days = 400) {
    key_.reset(EVP_RSA_gen(2048));
    X509* made = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(made), 4711);
    X509_gmtime_adj(X509_getm_notBefore(made), -3600);
    X509_gmtime_adj(X509_getm_notAfter(made), valid_days * 86400 + 3600);
    X509_NAME_add_entry_by_txt(X509_get_subject_name(made), "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("TEST"), -1, -1, 0);
    X509_set_issuer_name(made, X509_get_subject_name(made));
    X509_set_pubkey(made, key_.get());
    X509_sign(made, key_.get(), EVP_sha256());
    unsigned char* der = nullptr;
    const int length = i2d_X509(made, &der);
    certificate_.assign(der, der + length);
    OPENSSL_free(der);
    X509_free(made);
  }

  ScriptAnswers Opening(std::uint16_t tries = 0x63C3) const {
    Bytes token(160, ' ');
    constexpr std::string_view label = "JPKIAPICCTOKEN2";
    std::copy(label.begin(), label.end(), token.begin());
    return {.steps = {{0x9000, {}, 900, 1},
                      {0x9000, token, 2000, 2},
                      {0x9000, certificate_, 9000, 2},
                      {0x9000, {}, 500, 1},
                      {tries, {}, 500, 1}},
            .stopped = {},
            .tries_left = {}};
  }

  ScriptAnswers Proof(ByteView signed_input) const {
    Bytes signature(256);
    std::size_t length = signature.size();
    EVP_MD_CTX* context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, key_.get());
    EVP_DigestSign(context, signature.data(), &length, signed_input.data(), signed_input.size());
    EVP_MD_CTX_free(context);
    return {.steps = {{0x9000, {}, 500, 1}, {0x9000, {}, 800, 2}, {0x9000, {}, 500, 1}, {0x9000, signature, 1200, 1}},
            .stopped = {},
            .tries_left = 3};
  }

  const Bytes& certificate() const { return certificate_; }

 private:
  struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };
  std::unique_ptr<EVP_PKEY, FreeKey> key_;
  Bytes certificate_;
};

}  // namespace madoguchi::check
