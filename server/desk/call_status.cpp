// SPDX-License-Identifier: Apache-2.0
#include "server/desk/call_status.h"

#include <algorithm>

#include "contract/call_status.h"
#include "madoguchi/v1/facility.pb.h"

namespace madoguchi::desk {
namespace {

grpc::StatusCode StatusOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kDeskUnknown:
    case ErrorCode::kCertificateNotAccepted:
    case ErrorCode::kLogInRefused:
    case ErrorCode::kOperatorRefused:
      return grpc::StatusCode::UNAUTHENTICATED;
    case ErrorCode::kFieldInvalid:
    case ErrorCode::kCertificateRequestInvalid:
      return grpc::StatusCode::INVALID_ARGUMENT;
    default:
      return wire::StatusOfKind(Describe(code).kind);
  }
}

}  // namespace

grpc::Status ToCallStatus(const Error& error, std::chrono::milliseconds retry_after,
                          const account::Problems& problems) {
  v1::CallRefusal refusal;
  refusal.set_code(static_cast<int>(error.code));
  refusal.set_retry_after_ms(
      static_cast<std::uint32_t>(std::clamp<std::chrono::milliseconds::rep>(retry_after.count(), 0, UINT32_MAX)));
  for (const account::Problem& problem : problems) {
    if (refusal.problems_size() == static_cast<int>(account::kProblemsMax)) break;
    v1::FieldProblem& told = *refusal.add_problems();
    told.set_field(problem.field);
    told.set_text_ja(problem.text_ja);
    told.set_text_en(problem.text_en);
    told.set_warning(problem.warning);
  }
  return {StatusOf(error.code), std::string(Describe(error.code).name), refusal.SerializeAsString()};
}

}  // namespace madoguchi::desk
