// SPDX-License-Identifier: Apache-2.0
#include "server/console/wire_error.h"

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
  return wire::RefusedCall(StatusOf(error.code), error.code, refused);
}

}  // namespace madoguchi::console
