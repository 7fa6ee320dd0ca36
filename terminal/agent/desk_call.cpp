// SPDX-License-Identifier: Apache-2.0
#include "terminal/agent/desk_call.h"

namespace madoguchi::agent {

Result<std::string> ServerOf(const Options& options) {
  if (!options.server.empty()) return options.server;
  TRY_ASSIGN(const identity::Connection connection, identity::ReadConnection(options.directory));
  if (!connection.server.empty()) return connection.server;
  TRY_VOID(identity::FindIdentity(options.directory));
  return Error{ErrorCode::kFieldInvalid, "--server", {}};
}

Result<std::unique_ptr<identity::DeskAccount>> OpenDeskAccount(const Options& options) {
  TRY_ASSIGN(const std::string server, ServerOf(options));
  return identity::DeskAccount::Open(server, options.directory);
}

Result<std::unique_ptr<identity::DeskCheck>> OpenDeskCheck(const Options& options) {
  TRY_ASSIGN(const std::string server, ServerOf(options));
  return identity::DeskCheck::Open(server, options.directory);
}

}  // namespace madoguchi::agent
