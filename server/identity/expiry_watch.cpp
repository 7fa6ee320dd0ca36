// SPDX-License-Identifier: Apache-2.0
#include "server/identity/expiry_watch.h"

#include <cstdio>
#include <ctime>

#include "server/identity/server_certificate.h"

namespace madoguchi::identity {
namespace {

std::string DateOf(std::chrono::system_clock::time_point time) {
  const std::chrono::year_month_day date(std::chrono::floor<std::chrono::days>(time));
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02u-%02u", static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()));
  return text;
}

}  // namespace

Result<std::chrono::system_clock::time_point> WatchNationalCertificate(const std::string& certificate_file,
                                                                       CertificateBook& book, Deadline deadline,
                                                                       std::chrono::system_clock::time_point now) {
  TRY_ASSIGN(const std::chrono::system_clock::time_point end, EndOf(certificate_file));
  if (end - now <= kNationalCertificateWarning) {
    TRY_VOID(book.RaiseNotice(kNationalCertificateEnds, DateOf(end), deadline));
  }
  return end;
}

}  // namespace madoguchi::identity
