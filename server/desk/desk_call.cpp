// SPDX-License-Identifier: Apache-2.0
#include "server/desk/desk_call.h"

#include <algorithm>

#include "contract/peer_address.h"
#include "server/desk/peer.h"

namespace madoguchi::desk {
namespace {

Deadline DeadlineOf(const grpc::ServerContext& context) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(context.deadline() - std::chrono::system_clock::now());
  return Deadline::In(std::clamp<std::chrono::milliseconds>(left, std::chrono::milliseconds(0), kDeskCallWithin));
}

}  // namespace

audit::Origin OriginOf(const grpc::ServerContext& context, const char* authentication) {
  return {"desk", authentication, PeerAddress(context.peer())};
}

Result<DeskCall> AdmitCall(const grpc::ServerContext& context, account::LogIns& log_ins) {
  const auto peer = context.auth_context();
  const std::optional<std::string> desk_id = peer ? PeerDeskId(*peer) : std::nullopt;
  if (!desk_id) return Error{ErrorCode::kDeskUnknown, "no certificate of a desk", {}};
  DeskCall call{*desk_id, PeerCertificateSha256(*peer), DeadlineOf(context)};
  TRY_VOID(log_ins.Admit(call.desk_id, call.certificate_sha256, call.deadline));
  return call;
}

}  // namespace madoguchi::desk
