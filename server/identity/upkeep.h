// SPDX-License-Identifier: Apache-2.0
// LookAfterCertificates: what a running server does about certificates every kRenewalLookEvery: renews its own when
// that is due, warns of the end of the national one. What goes wrong is in the log and tried again the next time:
// nothing ends with it. Thread: one at a time; blocks on files and the database up to kUpkeepWithin.
#pragma once
#include <chrono>
#include <functional>
#include <string>

#include "server/audit/trail.h"
#include "server/identity/certificate_book.h"
#include "server/identity/facility_ca.h"

namespace madoguchi::identity {

inline constexpr std::chrono::seconds kUpkeepWithin{10};

struct Upkeep {
  const FacilityCa& ca;
  std::string directory;                  // of the identity
  std::string national_certificate_file;  // empty: none
  CertificateBook& book;
  audit::Trail& trail;
  // which: "server", "national", "facility_ca"; for metrics.
  std::function<void(const std::string& which, std::chrono::system_clock::time_point end)> ends;
};
void LookAfterCertificates(const Upkeep& upkeep);

}  // namespace madoguchi::identity
