// SPDX-License-Identifier: Apache-2.0
#include "server/identity/enrolment_service.h"

#include "contract/crypto/digest.h"
#include "contract/log.h"
#include "madoguchi/v1/check.pb.h"
#include "server/audit/event.h"
#include "server/identity/certificate_request.h"

namespace madoguchi::identity {
namespace {

constexpr const char* kComponent = "identity";

grpc::StatusCode StatusOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kEnrolmentTokenInvalid:
      return grpc::StatusCode::NOT_FOUND;
    case ErrorCode::kCertificateRequestInvalid:
      return grpc::StatusCode::INVALID_ARGUMENT;
    case ErrorCode::kInternalError:
      return grpc::StatusCode::INTERNAL;
    default:
      return grpc::StatusCode::UNAVAILABLE;
  }
}

grpc::Status ToStatus(const Error& error) {
  v1::Refusal refusal;
  refusal.set_code(static_cast<int>(error.code));
  return {StatusOf(error.code), std::string(Describe(error.code).name), refusal.SerializeAsString()};
}

Result<Bytes> ReadToken(const std::string& hex) {
  std::optional<Bytes> token;
  if (hex.size() == kTokenHexLength) token = FromHex(hex);
  if (!token) return Error{ErrorCode::kEnrolmentTokenInvalid, "not 64 hex digits", {}};
  return std::move(*token);
}

}  // namespace

grpc::Status EnrolmentService::Enrol(grpc::ServerContext* /*context*/, const v1::EnrolRequest* request,
                                     v1::EnrolResponse* response) {
  const Deadline deadline = Deadline::In(kEnrolmentDeadline);
  const Result<void> answered = Answer(*request, *response, deadline);
  if (answered.ok()) return grpc::Status::OK;
  response->Clear();
  log::Report(kComponent, "enrolment_refused", answered.error());
  const Result<void> recorded = trail_.RecordEvent(
      {audit::action::kIdentityTokenRefused, "", {}, static_cast<int>(answered.error().code), ""}, deadline);
  if (!recorded.ok()) log::Report(kComponent, "event_not_recorded", recorded.error());
  return ToStatus(answered.error());
}

Result<void> EnrolmentService::Answer(const v1::EnrolRequest& request, v1::EnrolResponse& response, Deadline deadline) {
  TRY_ASSIGN(const Bytes token, ReadToken(request.token()));
  const ByteView request_der = AsBytes(request.certificate_request());
  TRY_VOID(ReadRequestKey(request_der));
  const crypto::Sha256Digest digest = crypto::Sha256(token);
  TRY_ASSIGN(const Enrolled enrolled, tokens_.Redeem(digest, deadline));
  TRY_ASSIGN(FacilityCa::Issued issued, ca_.IssueDesk(request_der, enrolled.desk_id));
  TRY_VOID(trail_.RecordEvent({audit::action::kIdentityEnrolled, enrolled.desk_id, {}, 0, "serial=" + issued.serial},
                              deadline));
  log::Info(kComponent, "enrolled", {{"desk", enrolled.desk_id}, {"serial", issued.serial}});
  response.set_certificate_pem(std::move(issued.certificate_pem));
  response.set_desk_id(enrolled.desk_id);
  response.set_desk_name(enrolled.desk_name);
  return {};
}

}  // namespace madoguchi::identity
