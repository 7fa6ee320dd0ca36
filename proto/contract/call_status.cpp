// SPDX-License-Identifier: Apache-2.0
#include "contract/call_status.h"

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

}  // namespace madoguchi::wire
