// SPDX-License-Identifier: Apache-2.0
// The gRPC status that follows from an error's kind, for codes that a service has no closer word for. Thread: any;
// pure.
#pragma once
#include <grpcpp/support/status_code_enum.h>

#include "contract/error.h"

namespace madoguchi::wire {

grpc::StatusCode StatusOfKind(ErrorKind kind);

}  // namespace madoguchi::wire
