// SPDX-License-Identifier: Apache-2.0
// What a desk is told when a call of DeskAccountService is refused: a gRPC status, the code's name as its message, a
// serialised v1.CallRefusal as its details. Error::detail stays here. Thread: any.
#pragma once
#include <grpcpp/support/status.h>

#include <chrono>

#include "contract/error.h"
#include "server/account/problem.h"

namespace madoguchi::desk {

grpc::Status ToCallStatus(const Error& error, std::chrono::milliseconds retry_after = {},
                          const account::Problems& problems = {});

}  // namespace madoguchi::desk
