// SPDX-License-Identifier: Apache-2.0
// CertificateBook: which certificates the facility has issued and which of them still count. store/ implements it; the
// acts and their rows in the trail are one transaction each. Time is the database's. Thread: any; calls block up to
// their deadline. Errors: beside those named, DATABASE_….
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "contract/bytes.h"
#include "contract/deadline.h"
#include "contract/result.h"

namespace madoguchi::identity {

inline constexpr std::chrono::days kLateRenewalMax{730};     // a certificate that ran out longer ago is not renewed
inline constexpr std::size_t kOpenRenewalsMax = 1000;        // in one list
inline constexpr std::size_t kLiveCertificatesPerDesk = 10;  // issued, not ended; a desk that asks for more is refused

struct BookEntry {
  std::string desk_id;
  Bytes certificate_sha256;  // 32 bytes
  std::string serial;        // hex
  std::chrono::system_clock::time_point not_after;
};

struct LateRequest {
  std::string desk_id;
  Bytes old_certificate_sha256;
  Bytes request_sha256;  // of the PKCS#10
  Bytes key_sha256;      // of the new key
};

struct LateState {
  std::string renewal_id;
  bool approved = false;
  std::string certificate_pem;  // once issued; the same request is answered with it again
};

struct OpenRenewal {
  std::string renewal_id, desk_id, desk_name;
  std::string requested_at, expired_at;  // RFC 3339, UTC
  std::string key_sha256;                // hex, of the new key: compared by telephone
};

class CertificateBook {
 public:
  virtual ~CertificateBook() = default;
  // Enters a renewed certificate of an active desk beside the one it will replace. CERTIFICATE_NOT_ACCEPTED (the old
  // one is unknown, revoked, expired or of another desk) · DESK_NOT_ACTIVE · RENEWAL_REFUSED (too many are open).
  virtual Result<void> AddRenewed(const BookEntry& entry, ByteView replaces, Deadline deadline) = 0;

  // Opens the request, or finds it. RENEWAL_REFUSED (unknown or revoked certificate, desk not active, ran out longer
  // ago than kLateRenewalMax, or an administrator refused) with its row in the trail.
  virtual Result<LateState> AskLate(const LateRequest& request, Deadline deadline) = 0;
  // Enters the certificate of an approved request. Issued already: that one is given back instead. RENEWAL_REFUSED,
  // with its row in the trail.
  virtual Result<std::string> FinishLate(const std::string& renewal_id, const BookEntry& entry,
                                         const std::string& certificate_pem, Deadline deadline) = 0;
  virtual Result<std::vector<OpenRenewal>> ListLate(Deadline deadline) = 0;
  // by: user of the console. CHANGED_MEANWHILE: not open any more, or unknown.
  virtual Result<void> DecideLate(const std::string& renewal_id, bool refuse, const std::string& by,
                                  Deadline deadline) = 0;

  // Raised once per kind and about.
  virtual Result<void> RaiseNotice(const std::string& kind, const std::string& about, Deadline deadline) = 0;
};

}  // namespace madoguchi::identity
