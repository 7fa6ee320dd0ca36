// SPDX-License-Identifier: Apache-2.0
#include "server/audit/watched_acts.h"

#include <algorithm>
#include <array>

#include "server/audit/event.h"

namespace madoguchi::audit {

std::span<const WatchedAct> WatchedActs() {
  static constexpr char kUnlock[] = "unlock", kCommand[] = "refused_command", kLogIn[] = "log_in_failure",
                        kRead[] = "trail_read";
  static constexpr std::array acts{
      WatchedAct{action::kAccountUnlocked, kUnlock},
      WatchedAct{action::kAccountStaffPinReset, kUnlock},
      WatchedAct{action::kConsoleUserCredentialsReset, kUnlock},
      WatchedAct{action::kConsoleBreakGlassUsed, kUnlock},
      WatchedAct{action::kDeskPolicyRefusal, kCommand},
      WatchedAct{action::kAccountLogInRefused, kLogIn},
      WatchedAct{action::kAccountLocked, kLogIn},
      WatchedAct{action::kConsoleLogInRefused, kLogIn},
      WatchedAct{action::kConsoleLocked, kLogIn},
      WatchedAct{action::kAuditSearched, kRead},
      WatchedAct{action::kAuditTimelineRead, kRead},
      WatchedAct{action::kAuditSubjectRead, kRead},
      WatchedAct{action::kAuditRightsRead, kRead},
      WatchedAct{action::kAuditReportMade, kRead},
      WatchedAct{action::kAuditSearchExported, kRead},
      WatchedAct{action::kAuditExported, kRead},
      WatchedAct{action::kAuditReviewed, kRead},
  };
  return acts;
}

std::string_view WatchedKind(std::string_view event) {
  const auto acts = WatchedActs();
  const auto found =
      std::find_if(acts.begin(), acts.end(), [event](const WatchedAct& act) { return act.event == event; });
  return found == acts.end() ? std::string_view() : found->kind;
}

}  // namespace madoguchi::audit
