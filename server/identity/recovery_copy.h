// SPDX-License-Identifier: Apache-2.0
// The trail's signing key in the recovery copy of the facility (facility_ca.h): behind root and root key stand one line
// with the trail's name and the key, encrypted under the copy's passphrase as the root's. A facility that moves to
// another machine goes on with the same trail; with another key or name nothing could be signed on top of it.
// Pure functions. Thread: any. Errors: RECOVERY_COPY_UNREADABLE (also a wrong passphrase) · TRAIL_KEY_INVALID.
#pragma once
#include <optional>
#include <string>

#include "contract/result.h"

namespace madoguchi::identity {

inline constexpr std::size_t kTrailOriginBytesMax = 100;

struct TrailKeyCopy {
  std::string origin;   // audit.origin: the name under which the key signs
  std::string key_pem;  // PKCS #8, not encrypted: only for a file of mode 0600
};

// The copy with the trail's key.
Result<std::string> WithTrailKey(const std::string& copy, const TrailKeyCopy& trail,
                                 const std::string& copy_passphrase);
// Nothing: the copy was made without one.
Result<std::optional<TrailKeyCopy>> TrailKeyOf(const std::string& copy, const std::string& copy_passphrase);

}  // namespace madoguchi::identity
