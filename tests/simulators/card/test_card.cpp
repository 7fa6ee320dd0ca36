// SPDX-License-Identifier: Apache-2.0
#include <atomic>

#include "tests/simulators/card/test_pki.h"

namespace madoguchi::simulators {
namespace {

// Making RSA keys takes a tenth of a second each: once per process.
struct Keys {
  Ca auth_ca, sign_ca;
  PrivateKey auth_key, sign_key;
};

const Keys& SharedKeys() {
  static const Keys keys = {MakeCa(Purpose::kUserAuthentication, 1, std::chrono::system_clock::now()),
                            MakeCa(Purpose::kSignature, 1, std::chrono::system_clock::now()), NewRsaKey(), NewRsaKey()};
  return keys;
}

Bytes FreshLeaf(Purpose purpose, const PrivateKey& key, const Ca& issuer) {
  static std::atomic<unsigned> last_serial{0};
  const unsigned serial = ++last_serial;
  const Time now = std::chrono::system_clock::now();
  return MakeLeaf(
      {.purpose = purpose,
       .common_name = "9977TESTCARD" + std::to_string(serial),
       .serial = {0x01, static_cast<std::uint8_t>(serial >> 8 & 0xFF), static_cast<std::uint8_t>(serial & 0xFF)},
       .not_before = now - std::chrono::hours(24),
       .not_after = now + std::chrono::hours(24 * 365)},
      key, issuer);
}

}  // namespace

JpkiCard MakeTestCard(CardOptions options) {
  const Keys& keys = SharedKeys();
  if (!options.auth_key) options.auth_key = keys.auth_key;
  if (!options.sign_key) options.sign_key = keys.sign_key;
  if (options.auth_ca_certificate.empty()) options.auth_ca_certificate = keys.auth_ca.certificate;
  if (options.sign_ca_certificate.empty()) options.sign_ca_certificate = keys.sign_ca.certificate;
  if (options.auth_certificate.empty()) {
    options.auth_certificate = FreshLeaf(Purpose::kUserAuthentication, options.auth_key, keys.auth_ca);
  }
  if (options.sign_certificate.empty())
    options.sign_certificate = FreshLeaf(Purpose::kSignature, options.sign_key, keys.sign_ca);
  return JpkiCard(std::move(options));
}

}  // namespace madoguchi::simulators
