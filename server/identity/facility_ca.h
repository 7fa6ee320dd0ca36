// SPDX-License-Identifier: Apache-2.0
// FacilityCa: the facility's own root (P-256) and what it issues: certificates for servers, desks and consoles. None of
// them opens what another is for: use (serverAuth, clientAuth) and name (DNS, urn:…:desk:, urn:…:console:) differ.
// Files of its directory: facility-ca.pem (root), facility-ca.key.pem (PKCS#8, encrypted), server.pem (leaf, then
// root), server.key.pem. Thread: Issue… from any thread. Errors: FACILITY_CA_UNREADABLE (also a wrong passphrase),
// IDENTITY_EXISTS, CONFIG_FILE_….
#pragma once
#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "contract/bytes.h"
#include "contract/result.h"

struct evp_pkey_st;
struct x509_st;
using EVP_PKEY = struct evp_pkey_st;
using X509 = struct x509_st;

namespace madoguchi::identity {

struct CertificatePlan;

inline constexpr std::chrono::hours kRootValidity{24 * 3650};
inline constexpr std::chrono::hours kServerValidity{24 * 90};     // renewed by the server itself at two thirds
inline constexpr std::chrono::hours kDeskValidity{24 * 90};       // renewed by the desk itself at two thirds
inline constexpr std::chrono::hours kConsoleValidity{24 * 398};   // made anew by add-console
inline constexpr std::chrono::hours kReceiverValidity{24 * 398};  // made anew by add-receiver
inline constexpr std::size_t kPassphraseBytesMin = 12;
inline constexpr std::size_t kPassphraseBytesMax = 512;
inline constexpr std::size_t kServerNamesMax = 16;

// The files of an identity directory.
struct IdentityFiles {
  explicit IdentityFiles(const std::string& directory);
  std::string root, root_key, server, server_key;
  std::string server_next_key, renewal_lock;  // of a server certificate's renewal (server_certificate.h)
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
    Bytes certificate_sha256;     // of the leaf's DER, 32 bytes
    std::chrono::system_clock::time_point not_after;
  };
  struct IssuedWithKey {
    Issued issued;
    std::string key_pem;  // PKCS#8, not encrypted: only for a file of mode 0600
  };

  // Makes root and server certificate in `directory` (made when missing, mode 0700). Overwrites nothing:
  // IDENTITY_EXISTS.
  static Result<void> Create(const std::string& directory, const std::string& passphrase, const ServerNames& names);
  // As Create, with the root of a recovery copy instead of a new one. RECOVERY_COPY_UNREADABLE (also a wrong
  // passphrase).
  static Result<void> Restore(const std::string& copy, const std::string& copy_passphrase, const std::string& directory,
                              const std::string& passphrase, const ServerNames& names);
  static Result<std::unique_ptr<FacilityCa>> Load(const std::string& directory, const std::string& passphrase);
  ~FacilityCa();
  FacilityCa(const FacilityCa&) = delete;
  FacilityCa& operator=(const FacilityCa&) = delete;

  // clientAuth leaf with URI SAN urn:madoguchi:desk:<desk_id>. CERTIFICATE_REQUEST_INVALID; of all
  // FACILITY_CA_UNREADABLE when the clock stands outside the root's life, INTERNAL_ERROR when OpenSSL fails.
  Result<Issued> IssueDesk(ByteView request_der, const std::string& desk_id) const;
  // clientAuth leaf with URI SAN urn:madoguchi:console:<console_id>, for a new key.
  Result<IssuedWithKey> IssueConsole(const std::string& console_id) const;
  // clientAuth leaf with URI SAN urn:madoguchi:receiver:<receiver_id>, for a new key: of a program that asks for
  // results (handoff/pull_pages.h). It opens neither a desk's nor a console's listener.
  Result<IssuedWithKey> IssueReceiver(const std::string& receiver_id) const;
  // serverAuth leaf for these names, for a new key. CONFIG_VALUE_INVALID.
  Result<IssuedWithKey> IssueServer(const ServerNames& names) const;
  // Root certificate and root key as PEM, the key encrypted under a passphrase of its own: what brings the facility
  // back when its directory is lost.
  Result<std::string> RecoveryCopy(const std::string& copy_passphrase) const;
  // Whether this root signed the certificate. Its time and use are not looked at.
  bool Signed(X509* certificate) const;
  const std::string& root_pem() const;

 private:
  struct Keys;
  static Result<void> Lay(const Keys& keys, const std::string& directory, const std::string& passphrase,
                          const ServerNames& names);
  Result<Issued> Issue(const CertificatePlan& plan, EVP_PKEY* key) const;
  Result<IssuedWithKey> IssueWithKey(const CertificatePlan& plan) const;
  explicit FacilityCa(std::unique_ptr<const Keys> keys);
  std::unique_ptr<const Keys> keys_;
};

}  // namespace madoguchi::identity
