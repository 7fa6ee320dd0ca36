// SPDX-License-Identifier: Apache-2.0
#include "server/desk/call_status.h"

#include <utility>

#include "contract/call_status.h"

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
  wire::Refused refused;
  refused.retry_after = retry_after;
  for (const account::Problem& problem : problems) {
    v1::FieldProblem told;
    told.set_field(problem.field);
    told.set_text_ja(problem.text_ja);
    told.set_text_en(problem.text_en);
    told.set_warning(problem.warning);
    refused.problems.push_back(std::move(told));
  }
  return wire::RefusedCall(StatusOf(error.code), error.code, refused);
}

}  // namespace madoguchi::desk
