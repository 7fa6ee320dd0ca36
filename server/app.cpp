// SPDX-License-Identifier: Apache-2.0
#include "server/app.h"

#include <iostream>

#include "contract/log.h"
#include "server/commands.h"
#include "server/console_commands.h"
#include "server/identity_commands.h"
#include "server/retire_command.h"
#include "server/serving.h"
#include "server/trail_commands.h"

namespace madoguchi::app {
namespace {

using config::Config;

int ExitStatus(ErrorCode code) {
  switch (code) {
    case ErrorCode::kAccountNotUsable:
    case ErrorCode::kIdentityExists:
    case ErrorCode::kUserExists:
    case ErrorCode::kAccountUnknown:
    case ErrorCode::kStateNotPossible:
    case ErrorCode::kTrailHeld:
    case ErrorCode::kPartitionNotRetirable:
      return 1;
    case ErrorCode::kConfigKeyUnknown:
    case ErrorCode::kConfigValueInvalid:
    case ErrorCode::kConfigValueMissing:
      return 2;
    default:
      return 3;
  }
}

}  // namespace

Result<void> Run(const Config& config) {
  log::SetLevel(config.log_level);
  switch (config.command) {
    case config::Command::kServe:
      return Serve(config);
    case config::Command::kMigrate:
      return Migrate(config);
    case config::Command::kInitIdentity:
      return InitIdentity(config);
    case config::Command::kAddDesk:
      return AddDesk(config);
    case config::Command::kCheckConfig:
      return CheckConfig(config);
    case config::Command::kAddConsole:
      return AddConsole(config);
    case config::Command::kAddReceiver:
      return AddReceiver(config);
    case config::Command::kExportIdentity:
      return ExportIdentity(config);
    case config::Command::kAddAdministrator:
      return AddAdministrator(config);
    case config::Command::kUnlockAccount:
      return UnlockAccount(config);
    case config::Command::kImportIdentity:
      return ImportIdentity(config);
    case config::Command::kRetireTrail:
      return RetireTrail(config);
    case config::Command::kMakeTrailKey:
      return MakeTrailKey(config);
    case config::Command::kWitness:
      return RunWitness(config);
  }
  return Error{ErrorCode::kInternalError, "command", {}};
}

int Explain(const Error& error) {
  const CatalogueEntry& entry = Describe(error.code);
  std::cerr << "madoguchi-server: " << static_cast<int>(error.code) << ' ' << entry.name << ": " << error.detail
            << "\n  " << entry.what_ja << "\n  → " << entry.admin_action_ja << "\n  " << entry.what_en << "\n  → "
            << entry.admin_action_en << '\n';
  return ExitStatus(error.code);
}

}  // namespace madoguchi::app
