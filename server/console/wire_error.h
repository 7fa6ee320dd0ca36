// SPDX-License-Identifier: Apache-2.0
// Which gRPC status an Error has for a caller of the console's services; the rest is contract/call_status.h. Thread:
// any.
#pragma once
#include "contract/call_status.h"

namespace madoguchi::console {

using wire::Refused;

grpc::Status ToStatus(const Error& error, const Refused& refused);

}  // namespace madoguchi::console
