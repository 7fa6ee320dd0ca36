// SPDX-License-Identifier: Apache-2.0
// The small test PKI behind simulated cards: certificates with the profile of reference/jpki-card.md §5, CRLs, RSA
// keys. The CAs call themselves JPKI-SIMULATOR and never JPKI. Thread: any. A failure inside OpenSSL aborts: broken
// installation.
#pragma once
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "tests/simulators/card/jpki_card.h"

namespace madoguchi::simulators {

using Time = std::chrono::system_clock::time_point;

inline constexpr int kRsaBits = 2048;

struct Ca {
  Bytes certificate;  // DER, self-signed
  PrivateKey key;
};

// Two generations of one CA have the same purpose, hence the same name, and different keys.
enum class Purpose { kUserAuthentication, kSignature };

struct Leaf {
  Purpose purpose = Purpose::kUserAuthentication;
  std::string common_name;
  Bytes serial;  // 1..20 bytes, big-endian, top bit clear
  Time not_before, not_after;
};

PrivateKey NewRsaKey();
Ca MakeCa(Purpose purpose, int serial, Time now);
Bytes MakeLeaf(const Leaf& leaf, const PrivateKey& key, const Ca& issuer);           // DER
std::string MakeCrl(const Ca& issuer, const std::vector<Bytes>& serials, Time now);  // PEM

std::string PemOfKey(const PrivateKey& key);      // PKCS#8, not encrypted
PrivateKey KeyFromPem(std::string_view pem);      // null when it is none
PublicKey VerifierFromPem(std::string_view pem);  // P-256; null when it is none
std::string PemOfCertificate(ByteView der);
Bytes CertificateFromPem(std::string_view pem);  // DER; empty when it is none

}  // namespace madoguchi::simulators
