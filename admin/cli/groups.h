// SPDX-License-Identifier: Apache-2.0
// The command groups. Each function adds its commands to the tree; one file per group keeps what gRPC's headers cost
// apart.
#pragma once
#include "admin/cli/shell.h"

namespace madoguchi::cli {

void AddSessionCommands(CLI::App& app, Shell& shell);      // login logout whoami
void AddCredentialCommands(CLI::App& app, Shell& shell);   // password totp
void AddFacilityCommands(CLI::App& app, Shell& shell);     // facility start-date
void AddApplicationCommands(CLI::App& app, Shell& shell);  // application
// account: the group is made by AddAccountCommands, which asks AddSheetCommands for its import and sheet.
void AddAccountCommands(CLI::App& app, Shell& shell);
void AddSheetCommands(CLI::App& account, Shell& shell);
void AddDeskCommands(CLI::App& app, Shell& shell);      // desk
void AddMethodCommands(CLI::App& app, Shell& shell);    // method
void AddCallCommands(CLI::App& app, Shell& shell);      // calls
void AddHandoffCommands(CLI::App& app, Shell& shell);   // handoff
void AddStaffCommands(CLI::App& app, Shell& shell);     // staff
void AddUserCommands(CLI::App& app, Shell& shell);      // user
void AddApprovalCommands(CLI::App& app, Shell& shell);  // approval break-glass
// audit: the group is made by AddAuditCommands, which asks the others for their commands.
void AddAuditCommands(CLI::App& app, Shell& shell);
void AddAuditExportCommands(CLI::App& audit, Shell& shell);       // export checkpoint status proof
void AddAuditVerifyCommand(CLI::App& audit, Shell& shell);        // verify
void AddAuditKeepingCommands(CLI::App& audit, Shell& shell);  // partitions hold
void AddAuditMaintenanceCommands(CLI::App& audit, Shell& shell);  // maintenance
void AddAuditReviewCommands(CLI::App& audit, Shell& shell);  // search timeline subject without-subject saved
void AddAuditReportCommands(CLI::App& audit, Shell& shell);  // report rights reviewed

// The whole tree with the options that hold for every command.
void AddEverything(CLI::App& app, Shell& shell);

}  // namespace madoguchi::cli
