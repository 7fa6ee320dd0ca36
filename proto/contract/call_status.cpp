// SPDX-License-Identifier: Apache-2.0
#include "contract/call_status.h"

#include <algorithm>
#include <cstdint>

namespace madoguchi::wire {

grpc::StatusCode StatusOfKind(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kRefused:
      return grpc::StatusCode::FAILED_PRECONDITION;
    case ErrorKind::kRetryable:
      return grpc::StatusCode::UNAVAILABLE;
    case ErrorKind::kOutcomeUnknown:
      return grpc::StatusCode::UNKNOWN;
    case ErrorKind::kBug:
      break;
  }
  return grpc::StatusCode::INTERNAL;
}

grpc::Status RefusedCall(grpc::StatusCode status, ErrorCode code, const Refused& refused) {
  v1::CallRefusal told;
  told.set_code(static_cast<int>(code));
  const auto wait = std::clamp<std::chrono::milliseconds::rep>(refused.retry_after.count(), 0, UINT32_MAX);
  told.set_retry_after_ms(static_cast<std::uint32_t>(wait));
  told.set_approval_id(refused.approval_id);
  for (const v1::FieldProblem& problem : refused.problems) {
    if (told.problems_size() == kProblemsMax) break;
    *told.add_problems() = problem;
    if (told.ByteSizeLong() <= kRefusalBytesMax) continue;
    told.mutable_problems()->RemoveLast();
    break;
  }
  return {status, std::string(Describe(code).name), told.SerializeAsString()};
}

}  // namespace madoguchi::wire
