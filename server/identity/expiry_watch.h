// SPDX-License-Identifier: Apache-2.0
// What ends when, and who is told in time. The certificate of the national service comes from outside and nobody renews
// it by himself: 30 days before its end a notice is raised, once per certificate. Thread: one at a time.
#pragma once
#include <chrono>
#include <string>

#include "server/identity/certificate_book.h"

namespace madoguchi::identity {

inline constexpr std::chrono::days kNationalCertificateWarning{30};
inline constexpr char kNationalCertificateEnds[] = "national_certificate.ends";  // kind of the notice; about: the date

// Raises the notice when the certificate ends within kNationalCertificateWarning, or has ended. → its end.
// CONFIG_FILE_…, CERTIFICATE_UNREADABLE, DATABASE_….
Result<std::chrono::system_clock::time_point> WatchNationalCertificate(
    const std::string& certificate_file, CertificateBook& book, Deadline deadline,
    std::chrono::system_clock::time_point now = std::chrono::system_clock::now());

}  // namespace madoguchi::identity
