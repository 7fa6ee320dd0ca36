// SPDX-License-Identifier: Apache-2.0
#include "server/identity/facility_ca.h"

#include <arpa/inet.h>
#include <openssl/obj_mac.h>

#include <algorithm>
#include <filesystem>
#include <string_view>

#include "contract/console_uri.h"
#include "contract/crypto/certificate.h"
#include "contract/crypto/digest.h"
#include "contract/desk_uri.h"
#include "contract/files.h"
#include "server/identity/certificate_request.h"
#include "server/identity/x509.h"

namespace madoguchi::identity {
namespace {

constexpr std::string_view kReceiverUri = "urn:madoguchi:receiver:";

Error Unreadable(const std::string& detail) {
  return {ErrorCode::kFacilityCaUnreadable, detail, {}};
}
Error OpenSslFailed(const char* what) {
  return {ErrorCode::kInternalError, what, {}};
}

bool IsDnsName(std::string_view name) {
  // Only what cannot change the meaning of an OpenSSL extension value: no comma, colon or space.
  const auto allowed = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.'; };
  return !name.empty() && name.size() <= 253 && std::all_of(name.begin(), name.end(), allowed);
}

bool IsIpAddress(const std::string& text) {
  unsigned char binary[sizeof(in6_addr)];
  return inet_pton(AF_INET, text.c_str(), binary) == 1 || inet_pton(AF_INET6, text.c_str(), binary) == 1;
}

Result<std::string> AlternativeNames(const FacilityCa::ServerNames& names) {
  if (names.dns.empty() || names.dns.size() + names.ip.size() > kServerNamesMax) {
    return Error{ErrorCode::kConfigValueInvalid, "server-name: 1 to " + std::to_string(kServerNamesMax) + " names", {}};
  }
  std::string value;
  for (const std::string& name : names.dns) {
    if (!IsDnsName(name))
      return Error{ErrorCode::kConfigValueInvalid, "server-name: lower-case letters, digits, '-' and '.'", {}};
    value += (value.empty() ? "DNS:" : ",DNS:") + name;
  }
  for (const std::string& ip : names.ip) {
    if (!IsIpAddress(ip)) return Error{ErrorCode::kConfigValueInvalid, "server-ip: an IPv4 or IPv6 address", {}};
    value += ",IP:" + ip;
  }
  return value;
}

CertificatePlan RootPlan() {
  return {"Madoguchi facility CA",
          kRootValidity,
          {{NID_basic_constraints, "critical,CA:TRUE,pathlen:0"},
           {NID_key_usage, "critical,keyCertSign,cRLSign"},
           {NID_subject_key_identifier, "hash"}}};
}

CertificatePlan LeafPlan(const std::string& common_name, std::chrono::hours validity, const char* use,
                         const std::string& names) {
  return {common_name,
          validity,
          {{NID_basic_constraints, "critical,CA:FALSE"},
           {NID_key_usage, "critical,digitalSignature"},
           {NID_ext_key_usage, use},
           {NID_subject_alt_name, names},
           {NID_subject_key_identifier, "hash"},
           {NID_authority_key_identifier, "keyid"}}};
}

Result<void> RefuseExisting(const IdentityFiles& files) {
  for (const std::string* file : {&files.root, &files.root_key, &files.server, &files.server_key}) {
    std::error_code failed;
    if (std::filesystem::exists(*file, failed) || failed) return Error{ErrorCode::kIdentityExists, *file, {}};
  }
  return {};
}

Result<void> MakeDirectory(const std::string& directory) {
  std::error_code failed;
  if (std::filesystem::create_directories(directory, failed)) {
    std::filesystem::permissions(directory, std::filesystem::perms::owner_all, failed);
  }
  if (failed) return Error{ErrorCode::kConfigFileUnwritable, directory + ": " + failed.message(), {}};
  return {};
}

}  // namespace

struct FacilityCa::Keys {
  KeyHandle key;
  CertificateHandle root;
  std::string root_pem;
};

IdentityFiles::IdentityFiles(const std::string& directory)
    : root(directory + "/facility-ca.pem"),
      root_key(directory + "/facility-ca.key.pem"),
      server(directory + "/server.pem"),
      server_key(directory + "/server.key.pem"),
      server_next_key(directory + "/server.next.key.pem"),
      renewal_lock(directory + "/server.renewal.lock") {}

Result<std::string> ReadPassphrase(const std::string& file) {
  TRY_ASSIGN(std::string passphrase, ReadPrivateFile(file, kPassphraseBytesMax + 2));
  while (!passphrase.empty() && (passphrase.back() == '\n' || passphrase.back() == '\r')) passphrase.pop_back();
  if (passphrase.size() < kPassphraseBytesMin || passphrase.size() > kPassphraseBytesMax) {
    return Error{ErrorCode::kConfigValueInvalid,
                 file + ": a passphrase has " + std::to_string(kPassphraseBytesMin) + " to " +
                     std::to_string(kPassphraseBytesMax) + " bytes",
                 {}};
  }
  return passphrase;
}

Result<void> FacilityCa::Create(const std::string& directory, const std::string& passphrase, const ServerNames& names) {
  TRY_VOID(AlternativeNames(names));
  Keys keys;
  keys.key = NewP256Key();
  if (!keys.key) return OpenSslFailed("key generation");
  keys.root = MakeCertificate(RootPlan(), keys.key.get(), nullptr, keys.key.get());
  if (!keys.root) return OpenSslFailed("root certificate");
  keys.root_pem = CertificatePem(keys.root.get());
  return Lay(keys, directory, passphrase, names);
}

Result<void> FacilityCa::Restore(const std::string& copy, const std::string& copy_passphrase,
                                 const std::string& directory, const std::string& passphrase,
                                 const ServerNames& names) {
  Keys keys;
  keys.root = CertificateFromPem(copy);
  keys.key = KeyFromPem(copy, copy_passphrase);
  if (!keys.root || !keys.key || !IsP256(keys.key.get()) ||
      X509_check_private_key(keys.root.get(), keys.key.get()) != 1) {
    return Error{ErrorCode::kRecoveryCopyUnreadable, "not a copy of a facility's root, or the passphrase is wrong", {}};
  }
  keys.root_pem = CertificatePem(keys.root.get());
  return Lay(keys, directory, passphrase, names);
}

// Root and a first server certificate as files of a directory that has none of them.
Result<void> FacilityCa::Lay(const Keys& keys, const std::string& directory, const std::string& passphrase,
                             const ServerNames& names) {
  TRY_ASSIGN(const std::string alternative_names, AlternativeNames(names));
  const IdentityFiles files(directory);
  TRY_VOID(MakeDirectory(directory));
  TRY_VOID(RefuseExisting(files));
  const KeyHandle server_key = NewP256Key();
  if (!server_key) return OpenSslFailed("key generation");
  const CertificateHandle server =
      MakeCertificate(LeafPlan(names.dns.front(), kServerValidity, "serverAuth", alternative_names), server_key.get(),
                      keys.root.get(), keys.key.get());
  if (!server) return OpenSslFailed("server certificate");
  const std::string root_key_pem = EncryptedKeyPem(keys.key.get(), passphrase);
  const std::string server_key_pem = KeyPem(server_key.get());
  if (keys.root_pem.empty() || root_key_pem.empty() || server_key_pem.empty()) return OpenSslFailed("PEM");

  // Keys first: a certificate without its key would look like a finished identity.
  TRY_VOID(WriteFileWhole(files.root_key, root_key_pem, true));
  TRY_VOID(WriteFileWhole(files.server_key, server_key_pem, true));
  TRY_VOID(WriteFileWhole(files.server, CertificatePem(server.get()) + keys.root_pem, false));
  return WriteFileWhole(files.root, keys.root_pem, false);
}

Result<std::string> FacilityCa::RecoveryCopy(const std::string& copy_passphrase) const {
  const std::string key_pem = EncryptedKeyPem(keys_->key.get(), copy_passphrase);
  if (key_pem.empty()) return OpenSslFailed("recovery copy");
  return keys_->root_pem + key_pem;
}

Result<std::unique_ptr<FacilityCa>> FacilityCa::Load(const std::string& directory, const std::string& passphrase) {
  const IdentityFiles files(directory);
  auto keys = std::make_unique<Keys>();
  TRY_ASSIGN(keys->root_pem, ReadSmallFile(files.root));
  TRY_ASSIGN(const std::string key_pem, ReadPrivateFile(files.root_key));
  keys->root = CertificateFromPem(keys->root_pem);
  if (!keys->root) return Unreadable(files.root + ": no PEM certificate");
  keys->key = KeyFromPem(key_pem, passphrase);
  if (!keys->key) return Unreadable(files.root_key + ": no PEM key, or the passphrase is wrong");
  if (X509_check_private_key(keys->root.get(), keys->key.get()) != 1) {
    return Unreadable(files.root_key + ": not the key of " + files.root);
  }
  return std::unique_ptr<FacilityCa>(new FacilityCa(std::move(keys)));
}

FacilityCa::FacilityCa(std::unique_ptr<const Keys> keys) : keys_(std::move(keys)) {}
FacilityCa::~FacilityCa() = default;

Result<FacilityCa::Issued> FacilityCa::IssueDesk(ByteView request_der, const std::string& desk_id) const {
  if (!UuidFromText(desk_id)) return OpenSslFailed("desk id is not a UUID");
  TRY_ASSIGN(const KeyHandle key, ReadRequestKey(request_der));
  const CertificatePlan plan =
      LeafPlan(desk_id, kDeskValidity, "clientAuth", "URI:" + std::string(kDeskUriPrefix) + desk_id);
  return Issue(plan, key.get());
}

Result<FacilityCa::IssuedWithKey> FacilityCa::IssueConsole(const std::string& console_id) const {
  if (!UuidFromText(console_id)) return OpenSslFailed("console id is not a UUID");
  return IssueWithKey(
      LeafPlan(console_id, kConsoleValidity, "clientAuth", "URI:" + std::string(kConsoleUri) + console_id));
}

Result<FacilityCa::IssuedWithKey> FacilityCa::IssueReceiver(const std::string& receiver_id) const {
  if (!UuidFromText(receiver_id)) return OpenSslFailed("receiver id is not a UUID");
  return IssueWithKey(
      LeafPlan(receiver_id, kReceiverValidity, "clientAuth", "URI:" + std::string(kReceiverUri) + receiver_id));
}

Result<FacilityCa::IssuedWithKey> FacilityCa::IssueServer(const ServerNames& names) const {
  TRY_ASSIGN(const std::string alternative_names, AlternativeNames(names));
  return IssueWithKey(LeafPlan(names.dns.front(), kServerValidity, "serverAuth", alternative_names));
}

bool FacilityCa::Signed(X509* certificate) const {
  return SignedBy(certificate, keys_->key.get());
}

const std::string& FacilityCa::root_pem() const {
  return keys_->root_pem;
}

Result<FacilityCa::IssuedWithKey> FacilityCa::IssueWithKey(const CertificatePlan& plan) const {
  const KeyHandle key = NewP256Key();
  if (!key) return OpenSslFailed("key generation");
  TRY_ASSIGN(Issued issued, Issue(plan, key.get()));
  std::string key_pem = KeyPem(key.get());
  if (key_pem.empty()) return OpenSslFailed("PEM");
  return IssuedWithKey{std::move(issued), std::move(key_pem)};
}

Result<FacilityCa::Issued> FacilityCa::Issue(const CertificatePlan& plan, EVP_PKEY* key) const {
  // What it would make is valid at no time at which the root is.
  if (X509_cmp_current_time(X509_get0_notBefore(keys_->root.get())) >= 0 ||
      X509_cmp_current_time(X509_get0_notAfter(keys_->root.get())) <= 0)
    return Unreadable("by this machine's clock the root is not valid");
  const CertificateHandle leaf = MakeCertificate(plan, key, keys_->root.get(), keys_->key.get());
  if (!leaf) return OpenSslFailed("certificate");
  const std::string pem = CertificatePem(leaf.get());
  TRY_ASSIGN(const Bytes der, crypto::DerFromPem(pem));
  TRY_ASSIGN(const crypto::CertificateFacts facts, crypto::ReadCertificate(der));
  const crypto::Sha256Digest digest = crypto::Sha256(der);
  return Issued{pem + keys_->root_pem, SerialHex(leaf.get()), Bytes(digest.begin(), digest.end()), facts.not_after};
}

}  // namespace madoguchi::identity
