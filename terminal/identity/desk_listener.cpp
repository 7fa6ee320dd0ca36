// SPDX-License-Identifier: Apache-2.0
#include "terminal/identity/desk_listener.h"

#include "contract/log.h"
#include "terminal/identity/channel.h"
#include "terminal/identity/desk_identity.h"
#include "terminal/identity/renewal.h"

namespace madoguchi::identity {

Result<DeskListener> DeskListener::Open(const std::string& server, const std::string& directory) {
  TRY_ASSIGN(const IdentityFiles files, FindIdentity(directory));
  TRY_ASSIGN(std::shared_ptr<grpc::Channel> channel, OpenChannel(server, {files.root, files.certificate, files.key}));
  return DeskListener(std::move(channel), directory, files.renewed);
}

Result<void> DeskListener::Call(const std::function<grpc::Status(grpc::ClientContext&)>& call) {
  refusal_ = {};
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kDeskCallWithin);
  const grpc::Status status = call(context);
  if (!status.ok()) return AtConnecting(FromCall(status, refusal_), directory_);
  if (renewed_) {
    if (const Result<void> kept = KeepRenewed(directory_); !kept)
      log::Report("identity", "renewed_not_kept", kept.error());
    renewed_ = false;
  }
  return {};
}

}  // namespace madoguchi::identity
