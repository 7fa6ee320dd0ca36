// SPDX-License-Identifier: Apache-2.0
// The one translation of an Error into what a caller of the console's (and desk accounts') services gets: gRPC status,
// the code's name as its message, a serialised v1.CallRefusal as its details. Error::detail stays here. Thread: any.
#pragma once
#include <grpcpp/support/status.h>

#include <chrono>
#include <string>
#include <vector>

#include "contract/error.h"
#include "madoguchi/v1/facility.pb.h"

namespace madoguchi::console {

// Status details travel as one header: more than this is cut, problem by problem (gRPC refuses headers above 8 KiB).
inline constexpr std::size_t kRefusalBytesMax = 4096;
inline constexpr int kProblemsMax = 100;

// What an act may give beside its error: which fields were wrong, how long to wait, which approval to wait for.
struct Refused {
  std::vector<v1::FieldProblem> problems;
  std::chrono::milliseconds retry_after{0};
  std::string approval_id;
};

grpc::Status ToStatus(const Error& error, const Refused& refused);

}  // namespace madoguchi::console
