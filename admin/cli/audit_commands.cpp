// SPDX-License-Identifier: Apache-2.0
// audit: the group. Each part of it stands in a file of its own (groups.h).
#include "admin/cli/groups.h"

namespace madoguchi::cli {

void AddAuditCommands(CLI::App& app, Shell& shell) {
  CLI::App& audit = AddGroup(app, "audit", "監査証跡 / the trail");
  AddAuditVerifyCommand(audit, shell);
  AddAuditExportCommands(audit, shell);
  AddAuditKeepingCommands(audit, shell);
  AddAuditMaintenanceCommands(audit, shell);
  AddAuditReviewCommands(audit, shell);
  AddAuditReportCommands(audit, shell);
}

}  // namespace madoguchi::cli
