// SPDX-License-Identifier: Apache-2.0
// Who may let a simulated card sign by sight, as the national side does it in the reference scheme
// (docs/decisions/0013).
#pragma once
#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>

#include "contract/crypto/digest.h"
#include "tests/simulators/card/jpki_card.h"

namespace madoguchi::relay {

class Verifier {
 public:
  Verifier() : key_(EVP_EC_gen("P-256"), EVP_PKEY_free) {}
  const simulators::PublicKey& public_key() const { return key_; }
  // For the card with this certificate, over its challenge.
  Bytes Proof(ByteView certificate, ByteView challenge) const {
    constexpr std::string_view kDomain("madoguchi.sight.v1\0", 19);
    Bytes input(kDomain.begin(), kDomain.end());
    const crypto::Sha256Digest digest = crypto::Sha256(certificate);
    input.insert(input.end(), digest.begin(), digest.end());
    input.insert(input.end(), challenge.begin(), challenge.end());
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    Bytes proof(72);
    std::size_t length = proof.size();
    EXPECT_EQ(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, key_.get()), 1);
    EXPECT_EQ(EVP_DigestSign(context.get(), proof.data(), &length, input.data(), input.size()), 1);
    proof.resize(length);
    return proof;
  }

 private:
  simulators::PublicKey key_;
};

}  // namespace madoguchi::relay
