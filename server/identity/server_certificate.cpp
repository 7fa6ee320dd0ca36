// SPDX-License-Identifier: Apache-2.0
#include "server/identity/server_certificate.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <filesystem>

#include "contract/crypto/certificate.h"
#include "contract/crypto/server_pair.h"
#include "contract/files.h"
#include "contract/log.h"
#include "server/identity/renewal.h"
#include "server/identity/x509.h"

namespace madoguchi::identity {
namespace {

// One renewal at a time, whichever process does it. The holder is done within milliseconds.
class RenewalLock {
 public:
  explicit RenewalLock(const std::string& file) : file_(open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600)) {
    is_held_ = file_ >= 0 && flock(file_, LOCK_EX) == 0;
  }
  ~RenewalLock() {
    if (file_ >= 0) close(file_);
  }
  RenewalLock(const RenewalLock&) = delete;
  RenewalLock& operator=(const RenewalLock&) = delete;
  bool is_held() const { return is_held_; }

 private:
  const int file_;
  bool is_held_ = false;
};

Error Unwritable(const std::string& file) {
  return {ErrorCode::kConfigFileUnwritable, file, {}};
}

Result<void> TakeNextKey(const IdentityFiles& files) {
  return MoveFile(files.server_next_key, files.server_key);
}

Result<void> PutRight(const IdentityFiles& files) {
  std::error_code failed;
  if (!std::filesystem::exists(files.server_next_key, failed)) return {};
  // One that cannot be read now may be the key of the present certificate: it is not thrown away.
  TRY_ASSIGN(const std::string next, ReadPrivateFile(files.server_next_key));
  TRY_ASSIGN(const std::string chain, ReadSmallFile(files.server));
  if (crypto::IsKeyOf(next, chain)) return TakeNextKey(files);
  if (!std::filesystem::remove(files.server_next_key, failed)) return Unwritable(files.server_next_key);
  return {};
}

// Also a certificate whose key is gone or another one: a listener could not begin with the two.
bool IsDue(const IdentityFiles& files, const std::string& chain, std::chrono::system_clock::time_point now) {
  const Result<std::string> key = ReadPrivateFile(files.server_key);
  if (!key && key.error().code == ErrorCode::kConfigFilePermissions) return IsRenewalDue(chain, now);  // a person's act
  return IsRenewalDue(chain, now) || !key || !crypto::IsKeyOf(*key, chain);
}

}  // namespace

Result<bool> RenewServerCertificate(const FacilityCa& ca, const std::string& directory,
                                    std::chrono::system_clock::time_point now) {
  const IdentityFiles files(directory);
  TRY_ASSIGN(std::string chain, ReadSmallFile(files.server));
  if (!IsDue(files, chain, now)) return false;
  const RenewalLock lock(files.renewal_lock);
  if (!lock.is_held()) return Unwritable(files.renewal_lock);
  TRY_VOID(PutRight(files));
  TRY_ASSIGN(chain, ReadSmallFile(files.server));
  if (!IsDue(files, chain, now)) return false;  // another process was faster
  const CertificateHandle old = CertificateFromPem(chain);
  if (!old) return Error{ErrorCode::kFacilityCaUnreadable, files.server + ": no PEM certificate", {}};
  auto [dns, ip] = DnsAndIpNames(old.get());
  TRY_ASSIGN(const FacilityCa::IssuedWithKey renewed, ca.IssueServer({std::move(dns), std::move(ip)}));
  TRY_VOID(WriteFileWhole(files.server_next_key, renewed.key_pem, true));
  TRY_VOID(WriteFileWhole(files.server, renewed.issued.certificate_pem, false));
  TRY_VOID(TakeNextKey(files));
  log::Info("identity", "server_certificate_renewed", {{"serial", renewed.issued.serial}});
  return true;
}

Result<void> FinishServerRenewal(const std::string& directory) {
  const IdentityFiles files(directory);
  std::error_code failed;
  if (!std::filesystem::exists(files.server_next_key, failed)) return {};
  const RenewalLock lock(files.renewal_lock);
  if (!lock.is_held()) return Unwritable(files.renewal_lock);
  return PutRight(files);
}

Result<std::chrono::system_clock::time_point> EndOf(const std::string& certificate_file) {
  TRY_ASSIGN(const std::string pem, ReadSmallFile(certificate_file));
  TRY_ASSIGN(const Bytes der, crypto::DerFromPem(pem));
  TRY_ASSIGN(const crypto::CertificateFacts facts, crypto::ReadCertificate(der));
  return facts.not_after;
}

Result<std::string> FirstServerName(const std::string& directory) {
  const IdentityFiles files(directory);
  TRY_ASSIGN(const std::string chain, ReadSmallFile(files.server));
  const CertificateHandle certificate = CertificateFromPem(chain);
  if (!certificate) return Error{ErrorCode::kFacilityCaUnreadable, files.server + ": no PEM certificate", {}};
  auto names = DnsAndIpNames(certificate.get()).first;
  if (names.empty()) return Error{ErrorCode::kFacilityCaUnreadable, files.server + ": no DNS name", {}};
  return std::move(names.front());
}

}  // namespace madoguchi::identity
