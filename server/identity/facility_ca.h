// SPDX-License-Identifier: Apache-2.0
// FacilityCa: the facility's own root (P-256) and what it issues: one server certificate, and certificates for desks.
// Files of its directory: facility-ca.pem (root), facility-ca.key.pem (PKCS#8, encrypted), server.pem (leaf, then
// root), server.key.pem. Thread: IssueDesk from any thread. Errors: FACILITY_CA_UNREADABLE (also a wrong passphrase),
// IDENTITY_EXISTS, CONFIG_FILE_….
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "contract/bytes.h"
#include "contract/result.h"

namespace madoguchi::identity {

inline constexpr std::chrono::hours kRootValidity{24 * 3650};
inline constexpr std::chrono::hours kServerValidity{24 * 825};
inline constexpr std::chrono::hours kDeskValidity{24 * 398};
inline constexpr std::size_t kPassphraseBytesMin = 12;
inline constexpr std::size_t kPassphraseBytesMax = 512;
inline constexpr std::size_t kServerNamesMax = 16;

// The files of an identity directory.
struct IdentityFiles {
  explicit IdentityFiles(const std::string& directory);
  std::string root, root_key, server, server_key;
};

// The passphrase of a 0600 file, without its line end. Errors: CONFIG_FILE_…, CONFIG_VALUE_INVALID (length).
Result<std::string> ReadPassphrase(const std::string& file);

class FacilityCa {
 public:
  struct ServerNames {
    std::vector<std::string> dns;  // at least one
    std::vector<std::string> ip;   // text form
  };
  struct Issued {
    std::string certificate_pem;  // leaf, then root
    std::string serial;           // hex
  };

  // Makes root and server certificate in `directory` (made when missing, mode 0700). Overwrites nothing:
  // IDENTITY_EXISTS.
  static Result<void> Create(const std::string& directory, const std::string& passphrase, const ServerNames& names);
  static Result<std::unique_ptr<FacilityCa>> Load(const std::string& directory, const std::string& passphrase);
  ~FacilityCa();
  FacilityCa(const FacilityCa&) = delete;
  FacilityCa& operator=(const FacilityCa&) = delete;

  // clientAuth leaf with URI SAN urn:madoguchi:desk:<desk_id>. CERTIFICATE_REQUEST_INVALID; INTERNAL_ERROR when OpenSSL
  // fails.
  Result<Issued> IssueDesk(ByteView request_der, const std::string& desk_id) const;

 private:
  struct Keys;
  explicit FacilityCa(std::unique_ptr<const Keys> keys);
  std::unique_ptr<const Keys> keys_;
};

}  // namespace madoguchi::identity
