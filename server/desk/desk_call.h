// SPDX-License-Identifier: Apache-2.0
// A call of a desk beside its stream: which desk it is by what the TLS handshake verified, whether its certificate is
// still good, and how long it may take. Thread: any; blocks on the database.
#pragma once
#include <grpcpp/server_context.h>

#include <chrono>
#include <string>

#include "contract/bytes.h"
#include "contract/deadline.h"
#include "contract/result.h"
#include "server/account/log_ins.h"
#include "server/audit/origin.h"

namespace madoguchi::desk {

inline constexpr std::chrono::seconds kDeskCallWithin{20};

// Who acts while a call is served, for the trail. authentication: words of audit/authentication.h.
audit::Origin OriginOf(const grpc::ServerContext& context, const char* authentication);

struct DeskCall {
  std::string desk_id;  // UUID text
  Bytes certificate_sha256;
  Deadline deadline;  // the caller's own, at most kDeskCallWithin
};

// DESK_UNKNOWN · DESK_NOT_ACTIVE · CERTIFICATE_NOT_ACCEPTED · DATABASE_….
Result<DeskCall> AdmitCall(const grpc::ServerContext& context, account::LogIns& log_ins);

}  // namespace madoguchi::desk
