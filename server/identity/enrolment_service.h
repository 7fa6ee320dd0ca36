// SPDX-License-Identifier: Apache-2.0
// EnrolmentService: a one-time token and a certificate request become a desk certificate. Its listener asks for no
// client certificate. Thread: gRPC's synchronous threads, at most kEnrolmentThreadsMax; each call blocks on the
// database up to kEnrolmentDeadline. Order: shape of the token, then the request (a bad request does not use the token
// up), then the token, then the trail: without a row in the trail no certificate leaves. Errors on the wire: gRPC
// status, the code's name as its message, a serialised v1.Refusal as its details.
#pragma once
#include <chrono>
#include <string>

#include "madoguchi/v1/enrolment_service.grpc.pb.h"
#include "server/audit/trail.h"
#include "server/identity/facility_ca.h"
#include "server/identity/token_book.h"

namespace madoguchi::identity {

inline constexpr int kEnrolmentThreadsMax = 4;
inline constexpr std::size_t kTokenHexLength = 64;  // 32 bytes
inline constexpr int kEnrolmentMessageBytesMax = 8 * 1024;
inline constexpr std::chrono::seconds kEnrolmentDeadline{10};

class EnrolmentService final : public v1::EnrolmentService::Service {
 public:
  // All outlive the service.
  EnrolmentService(const FacilityCa& ca, TokenBook& tokens, audit::Trail& trail)
      : ca_(ca), tokens_(tokens), trail_(trail) {}
  grpc::Status Enrol(grpc::ServerContext* context, const v1::EnrolRequest* request,
                     v1::EnrolResponse* response) override;

 private:
  Result<void> Answer(const v1::EnrolRequest& request, v1::EnrolResponse& response, Deadline deadline);
  const FacilityCa& ca_;
  TokenBook& tokens_;
  audit::Trail& trail_;
};

}  // namespace madoguchi::identity
