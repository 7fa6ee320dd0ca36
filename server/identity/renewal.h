// SPDX-License-Identifier: Apache-2.0
// Renewal: a desk that is known gets a new certificate for a new key.
//   in time   two thirds through its life, over the desk listener, with the old certificate as proof; both count until
//             the new one is first used
//   late      after it ran out (the desk was off), over the enrolment listener: proof by the old key, then one
//             administrator approves, then the same call gives the certificate
// Thread: any; calls block on the database up to their deadline. Errors: as certificate_book.h, and
// CERTIFICATE_REQUEST_INVALID.
#pragma once
#include <string>
#include <vector>

#include "server/identity/certificate_book.h"
#include "server/identity/facility_ca.h"

namespace madoguchi::identity {

inline constexpr char kLateRenewalContext[] =
    "madoguchi.renewal.v1";  // what the old key signs begins with this and a 0
inline constexpr std::size_t kCertificatePemBytesMax = 8192;
inline constexpr std::size_t kSignatureBytesMax = 80;  // ECDSA P-256 in DER has at most 72

class Renewal {
 public:
  // Both outlive this.
  Renewal(const FacilityCa& ca, CertificateBook& book) : ca_(ca), book_(book) {}

  // DeskAccountService.RenewCertificate. desk_id and certificate: of the TLS handshake (desk/peer.h). → PEM, leaf
  // first.
  Result<std::string> Renew(const std::string& desk_id, ByteView certificate_sha256, ByteView request_der,
                            Deadline deadline) const;
  // EnrolmentService.RenewLate. RENEWAL_REFUSED (no valid proof, or nothing that can be renewed) · RENEWAL_NOT_APPROVED
  // (ask again later). A certificate that has not run out may be renewed this way too: approval is asked for all the
  // same. proved: the proof was right; what is refused from there on has its row in the trail, with the desk.
  Result<std::string> RenewLate(const std::string& certificate_pem, ByteView request_der, ByteView signature,
                                bool& proved, Deadline deadline) const;

 private:
  const FacilityCa& ca_;
  CertificateBook& book_;
};

// Two thirds of its life are over, or it has not begun: the clock was ahead when it was made. `pem`: the leaf comes
// first. An unreadable one is due.
bool IsRenewalDue(const std::string& pem, std::chrono::system_clock::time_point now);

}  // namespace madoguchi::identity
