// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/terminal.h"

#include <sys/prctl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>

#include "contract/log.h"
#include "terminal/agent/check_command.h"
#include "terminal/agent/error_output.h"
#include "terminal/agent/options.h"
#include "terminal/agent/pin_entry.h"
#include "terminal/agent/readers_command.h"
#include "terminal/identity/enrolment.h"

namespace madoguchi::agent {
namespace {

Result<SecretBytes> ReadToken(int descriptor) {
  TRY_ASSIGN(SecretBytes token, SecretBytes::Make(identity::kTokenCharacters));
  while (token.size() < identity::kTokenCharacters) {
    const std::span<std::uint8_t> space = token.free_space();
    const ssize_t got = read(descriptor, space.data(), space.size());
    if (got <= 0) return Error{ErrorCode::kEnrolmentTokenInvalid, "the token ends too early", {}};
    token.Grow(static_cast<std::size_t>(got));
  }
  return token;
}

int EnrolCommand(const Options& options) {
  Result<SecretBytes> token = ReadToken(options.token_fd);
  if (!token) return ShowError(token.error(), options.json);
  const Result<identity::EnrolledDesk> desk =
      identity::Enrol({options.server, options.root_file, options.directory, std::move(*token)},
                      Deadline::In(identity::kEnrolmentWithin));
  if (!desk) return ShowError(desk.error(), options.json);
  ShowEnrolled(desk->desk_id, desk->desk_name, options.directory, options.json);
  return kExitDone;
}

}  // namespace

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
    case Command::kEnrol:
      return EnrolCommand(options);
    case Command::kCheck:
      return CheckCommand(options, rules);
  }
  return kExitUsage;
}

}  // namespace madoguchi::agent
