// SPDX-License-Identifier: Apache-2.0
// What a refused call is answered with: a gRPC status, the code's name as its message, a serialised v1.CallRefusal as
// its details. Error::detail stays here. Which status a code has is the service's word; where it has none the error's
// kind decides. Thread: any; pure.
#pragma once
#include <grpcpp/support/status.h>

#include <chrono>
#include <string>
#include <vector>

#include "contract/error.h"
#include "madoguchi/v1/facility.pb.h"

namespace madoguchi::wire {

// Details travel as one header, and gRPC refuses headers above 8 KiB: problems beyond this are not told.
inline constexpr std::size_t kRefusalBytesMax = 4096;
inline constexpr int kProblemsMax = 100;

// What is said beside the code: which fields were wrong, how long to wait, which approval to wait for.
struct Refused {
  std::vector<v1::FieldProblem> problems;
  std::chrono::milliseconds retry_after{0};
  std::string approval_id;
};

grpc::StatusCode StatusOfKind(ErrorKind kind);
grpc::Status RefusedCall(grpc::StatusCode status, ErrorCode code, const Refused& refused);

}  // namespace madoguchi::wire
