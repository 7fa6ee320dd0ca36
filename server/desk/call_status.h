// SPDX-License-Identifier: Apache-2.0
// Which gRPC status an Error has for a caller of DeskAccountService; the rest is contract/call_status.h. Thread: any.
#pragma once
#include <grpcpp/support/status.h>

#include <chrono>

#include "contract/error.h"
#include "server/account/problem.h"

namespace madoguchi::desk {

grpc::Status ToCallStatus(const Error& error, std::chrono::milliseconds retry_after = {},
                          const account::Problems& problems = {});

}  // namespace madoguchi::desk
