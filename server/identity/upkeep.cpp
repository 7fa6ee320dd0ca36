// SPDX-License-Identifier: Apache-2.0
#include "server/identity/upkeep.h"

#include "contract/log.h"
#include "server/audit/event.h"
#include "server/identity/expiry_watch.h"
#include "server/identity/server_certificate.h"

namespace madoguchi::identity {
namespace {

constexpr const char* kComponent = "identity";

using End = Result<std::chrono::system_clock::time_point>;

void Tell(const Upkeep& upkeep, const char* which, const End& end) {
  if (!end) return log::Report(kComponent, "certificate_not_looked_at", end.error(), {{"certificate", which}});
  upkeep.ends(which, *end);
}

}  // namespace

void LookAfterCertificates(const Upkeep& upkeep) {
  const Deadline deadline = Deadline::In(kUpkeepWithin);
  const IdentityFiles files(upkeep.directory);
  const Result<bool> renewed = RenewServerCertificate(upkeep.ca, upkeep.directory);
  if (!renewed) log::Report(kComponent, "server_certificate_not_renewed", renewed.error());
  if (renewed && *renewed) {
    const Result<void> recorded = upkeep.trail.RecordEvent({.action = audit::action::kIdentityServerRenewed,
                                                            .desk_id = {},
                                                            .press_id = {},
                                                            .code = 0,
                                                            .detail = {},
                                                            .actor = "server"},
                                                           deadline);
    if (!recorded) log::Report(kComponent, "event_not_recorded", recorded.error());
  }
  Tell(upkeep, "facility_ca", EndOf(files.root));
  Tell(upkeep, "server", EndOf(files.server));
  if (!upkeep.national_certificate_file.empty()) {
    Tell(upkeep, "national", WatchNationalCertificate(upkeep.national_certificate_file, upkeep.book, deadline));
  }
}

}  // namespace madoguchi::identity
