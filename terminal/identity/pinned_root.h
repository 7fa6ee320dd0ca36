// SPDX-License-Identifier: Apache-2.0
// PinnedRoot: the facility's root certificate that this desk holds its server against, and the only way to one: from a
// file the administrator brought, or out of the server's own handshake when an enrolment link or connection code says
// which root it must be. That handshake (TLS 1.3) carries no application data, and is broken off when the root is
// another one, the chain does not hold or the name is not the server's. Activation takes a PinnedRoot: no field can
// leave earlier (design §7). Thread: any. Errors: FACILITY_ROOT_MISSING · SERVER_UNREACHABLE · SERVER_NOT_TRUSTED ·
// ENROLMENT_LINK_INVALID (the server is no HOST:PORT).
#pragma once
#include <functional>
#include <string>

#include "contract/bytes.h"
#include "contract/deadline.h"
#include "contract/result.h"

namespace madoguchi::identity {

inline constexpr std::size_t kChainCertificatesMax = 8;  // of a server; more are refused unread
inline constexpr std::chrono::seconds kRootFetchedWithin{10};

// Whether the root certificate with this SHA-256 (of its DER, 32 bytes) is the one meant: at least 128 bits decide.
using IsPinned = std::function<bool(ByteView root_sha256)>;

class PinnedRoot {
 public:
  static Result<PinnedRoot> FromFile(const std::string& server, const std::string& file);
  static Result<PinnedRoot> Fetch(const std::string& server, const IsPinned& is_pinned, Deadline deadline);
  const std::string& server() const { return server_; }  // host:port of the enrolment listener
  const std::string& pem() const { return pem_; }

 private:
  PinnedRoot(std::string server, std::string pem) : server_(std::move(server)), pem_(std::move(pem)) {}
  std::string server_, pem_;
};

}  // namespace madoguchi::identity
