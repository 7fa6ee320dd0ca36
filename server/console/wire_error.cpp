// SPDX-License-Identifier: Apache-2.0
#include "server/console/wire_error.h"

#include <algorithm>
#include <limits>

#include "contract/call_status.h"

namespace madoguchi::console {
namespace {

grpc::StatusCode StatusOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kSessionInvalid:
    case ErrorCode::kConsoleCertificateInvalid:
    case ErrorCode::kConsoleLogInRefused:
    case ErrorCode::kLogInRefused:
      return grpc::StatusCode::UNAUTHENTICATED;
    case ErrorCode::kRoleNotAllowed:
    case ErrorCode::kInstitutionNotAllowed:
      return grpc::StatusCode::PERMISSION_DENIED;
    case ErrorCode::kFieldInvalid:
      return grpc::StatusCode::INVALID_ARGUMENT;
    case ErrorCode::kNotFoundHere:
    case ErrorCode::kAccountUnknown:
    case ErrorCode::kInstitutionUnknown:
    case ErrorCode::kDeskUnknown:
      return grpc::StatusCode::NOT_FOUND;
    case ErrorCode::kUserExists:
      return grpc::StatusCode::ALREADY_EXISTS;
    default:
      return wire::StatusOfKind(Describe(code).kind);
  }
}

}  // namespace

grpc::Status ToStatus(const Error& error, const Refused& refused) {
  v1::CallRefusal refusal;
  refusal.set_code(static_cast<int>(error.code));
  const auto most = static_cast<std::chrono::milliseconds::rep>(std::numeric_limits<std::uint32_t>::max());
  const auto wait = std::clamp<std::chrono::milliseconds::rep>(refused.retry_after.count(), 0, most);
  refusal.set_retry_after_ms(static_cast<std::uint32_t>(wait));
  refusal.set_approval_id(refused.approval_id);
  for (const v1::FieldProblem& problem : refused.problems) {
    if (refusal.problems_size() == kProblemsMax) break;
    *refusal.add_problems() = problem;
    if (refusal.ByteSizeLong() <= kRefusalBytesMax) continue;
    refusal.mutable_problems()->RemoveLast();
    break;
  }
  return {StatusOf(error.code), std::string(Describe(error.code).name), refusal.SerializeAsString()};
}

}  // namespace madoguchi::console
