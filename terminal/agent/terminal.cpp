// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/terminal.h"

#include <sys/prctl.h>

#include <csignal>

#include "contract/log.h"
#include "terminal/agent/account_commands.h"
#include "terminal/agent/activate_command.h"
#include "terminal/agent/check_command.h"
#include "terminal/agent/error_output.h"
#include "terminal/agent/operator_commands.h"
#include "terminal/agent/options.h"
#include "terminal/agent/passcode_commands.h"
#include "terminal/agent/readers_command.h"
#include "terminal/agent/result_commands.h"

namespace madoguchi::agent {

int RunTerminal(int argc, char** argv, const TerminalRules& rules) {
  if (!rules.dumpable) prctl(PR_SET_DUMPABLE, 0);
  std::signal(SIGPIPE,
              SIG_IGN);  // a closed pipe is an error of a write, not the end of a card session without power-down
  Options options;
  if (const std::optional<int> exit = ParseOptions(argc, argv, rules.leak_on_purpose != nullptr, options)) return *exit;
  // A person reads the error itself; a program that takes the JSON leaves standard error to the log.
  log::SetLevel(options.verbose ? log::Level::kInfo : options.json ? log::Level::kWarning : log::Level::kError);
  switch (options.command) {
    case Command::kReaders:
      return ReadersCommand(options);
    case Command::kWatch:
      return WatchCommand(options);
    case Command::kCheck:
      return CheckCommand(options, rules);
    case Command::kActivate:
      return ActivateCommand(options);
    case Command::kStatus:
      return StatusCommand(options);
    case Command::kLogIn:
      return LogInCommand(options);
    case Command::kLogOut:
      return LogOutCommand(options);
    case Command::kChangePassword:
      return ChangePasswordCommand(options);
    case Command::kDeregister:
      return DeregisterCommand(options);
    case Command::kRenew:
      return RenewCommand(options);
    case Command::kSetPasscode:
      return SetPasscodeCommand(options);
    case Command::kChangePasscode:
      return ChangePasscodeCommand(options);
    case Command::kSignInOperator:
      return SignInOperatorCommand(options);
    case Command::kSignOutOperator:
      return SignOutOperatorCommand(options);
    case Command::kChangeOperatorPin:
      return ChangeOperatorPinCommand(options);
    case Command::kShowAgain:
      return ShowAgainCommand(options);
    case Command::kConfirm:
      return ConfirmCommand(options);
    case Command::kProposeName:
      return ProposeNameCommand(options);
    case Command::kConfirmName:
      return ConfirmNameCommand(options);
  }
  return kExitUsage;
}

}  // namespace madoguchi::agent
