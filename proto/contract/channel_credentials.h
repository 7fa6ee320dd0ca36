// SPDX-License-Identifier: Apache-2.0
// gRPC credentials from PEM files. TLS 1.3 only: RequireTls13 must run first in main, before any gRPC call (design §7).
#pragma once
#include <grpcpp/security/credentials.h>
#include <grpcpp/security/server_credentials.h>

#include <chrono>
#include <memory>
#include <string>

#include "contract/result.h"

namespace madoguchi::wire {

struct TlsFiles {
  std::string root_file;         // PEM: what the other side must chain to
  std::string certificate_file;  // PEM chain, leaf first; empty = no client certificate (enrolment)
  std::string key_file;          // PEM P-256 key, mode 0600
};

// With ECDSA-only certificates this leaves TLS 1.2 no cipher suite, so a TLS 1.2 peer is refused.
void RequireTls13();

inline constexpr std::chrono::milliseconds kDownWithin{2000};  // then the program ends as it is
inline constexpr std::chrono::milliseconds kDownAskedEvery{1};

// gRPC's own life in a program: first in main, before any other object of gRPC. Without it a thread of gRPC's takes the
// library down while the process is exiting, which crashed and leaked (gRPC 1.51, surface/init.cc).
class Library {
 public:
  Library();   // RequireTls13, then up
  ~Library();  // down, and waits until it is
  Library(const Library&) = delete;
  Library& operator=(const Library&) = delete;
};

Result<std::shared_ptr<grpc::ChannelCredentials>> ClientCredentials(const TlsFiles& files);
// require_client: who connects must show a certificate of `root_file`; false for the enrolment listener only.
// Certificate and key are read again when their files change (crypto/server_pair.h): new connections see the new
// certificate, open ones go on. The root is read once.
Result<std::shared_ptr<grpc::ServerCredentials>> ServerCredentials(const TlsFiles& files, bool require_client);

}  // namespace madoguchi::wire
