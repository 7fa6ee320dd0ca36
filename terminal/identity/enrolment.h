// SPDX-License-Identifier: Apache-2.0
// Enrolment: the desk's certificate, once, with a one-time token. The facility's root is pinned beforehand from a file:
// no field is sent before the server proved itself against it. Source: proto/madoguchi/v1/enrolment_service.proto,
// design §7.
#pragma once
#include <string>

#include "contract/deadline.h"
#include "contract/result.h"
#include "contract/secret_bytes.h"

namespace madoguchi::identity {

inline constexpr std::size_t kTokenCharacters = 64;  // 32 bytes, lower-case hex
inline constexpr std::chrono::seconds kEnrolmentWithin{15};

// The three files of a desk's identity in its directory (mode 0700).
struct IdentityFiles {
  explicit IdentityFiles(const std::string& directory)
      : root(directory + "/facility-ca.pem"), certificate(directory + "/desk.pem"), key(directory + "/desk.key") {}
  std::string root, certificate, key;
};

struct EnrolOrder {
  std::string server;     // host:port of the enrolment listener
  std::string root_file;  // facility-ca.pem, from the administrator
  std::string directory;  // made if it does not exist
  SecretBytes token;
};

struct EnrolledDesk {
  std::string desk_id, desk_name;
};

// IDENTITY_EXISTS (nothing is overwritten) · FACILITY_ROOT_MISSING · SERVER_UNREACHABLE · SERVER_NOT_TRUSTED ·
// ENROLMENT_TOKEN_INVALID · CERTIFICATE_REQUEST_INVALID · CONFIG_FILE_…
Result<EnrolledDesk> Enrol(const EnrolOrder& order, Deadline deadline);

// DESK_IDENTITY_MISSING when one of the three files is not there.
Result<IdentityFiles> FindIdentity(const std::string& directory);

}  // namespace madoguchi::identity
