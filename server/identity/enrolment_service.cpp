// SPDX-License-Identifier: Apache-2.0
#include "server/identity/enrolment_service.h"

#include "contract/call_status.h"
#include "contract/log.h"
#include "contract/peer_address.h"
#include "contract/trace.h"
#include "server/audit/authentication.h"
#include "server/audit/event.h"
#include "server/audit/origin.h"

namespace madoguchi::identity {
namespace {

constexpr const char* kComponent = "identity";
constexpr std::chrono::seconds kBusyFor{1};

grpc::StatusCode StatusOf(ErrorCode code) {
  switch (code) {
    case ErrorCode::kEnrolmentTokenInvalid:
      return grpc::StatusCode::NOT_FOUND;
    case ErrorCode::kCertificateRequestInvalid:
    case ErrorCode::kFieldInvalid:
      return grpc::StatusCode::INVALID_ARGUMENT;
    case ErrorCode::kServerBusy:
      return grpc::StatusCode::RESOURCE_EXHAUSTED;
    default:
      return wire::StatusOfKind(Describe(code).kind);
  }
}

Result<Bytes> ReadToken(const std::string& hex) {
  std::optional<Bytes> token;
  if (hex.size() == kTokenHexLength) token = FromHex(hex);
  if (!token) return Error{ErrorCode::kEnrolmentTokenInvalid, "not 64 hex digits", {}};
  return std::move(*token);
}

// Already in the trail, with the lock they count for.
bool IsCountedTry(ErrorCode code, const v1::BeginActivationRequest& request) {
  return request.has_sheet() && (code == ErrorCode::kActivationRefused || code == ErrorCode::kLogInLocked);
}

}  // namespace

template <class Act>
grpc::Status EnrolmentService::Serve(const grpc::ServerContext& context, Refusal refusal, const Act& act) {
  const TraceScope trace(audit::NewTraceId());
  const audit::Acting acting({"desk", audit::authentication::kToken, PeerAddress(context.peer())});
  const Deadline deadline = Deadline::In(kEnrolmentDeadline);
  refusal.retry_after = calls_.Take(CallBucket::Clock::now());
  if (refusal.retry_after.count() > 0)
    return Refuse(refusal, {ErrorCode::kServerBusy, "too many calls for this listener", {}}, false);
  if (!places_.try_acquire_until(deadline.at())) {
    refusal.retry_after = kBusyFor;
    return Refuse(refusal, {ErrorCode::kServerBusy, "no place became free in time", {}}, false);
  }
  bool record = true;
  const Result<void> done = act(deadline, refusal.retry_after, record);
  grpc::Status status = done ? grpc::Status::OK : Refuse(refusal, done.error(), record);
  places_.release();
  return status;
}

grpc::Status EnrolmentService::Refuse(const Refusal& refusal, const Error& error, bool record) {
  log::Report(kComponent, "enrolment_refused", error, {{"method", refusal.method}});
  const std::optional<int> unlisted = record ? rows_.Take(CallBucket::Clock::now()) : std::nullopt;
  if (unlisted) {
    const std::string before =
        *unlisted > 0 ? "; refusals without a row before it: " + std::to_string(*unlisted) : std::string();
    // A deadline of its own: the call's may be what it was refused for.
    const Result<void> recorded = trail_.RecordEvent(
        {refusal.action, "", {}, static_cast<int>(error.code), refusal.method + before, {}, {}, "desk"},
        Deadline::In(kRecordWithin));
    if (!recorded) log::Report(kComponent, "event_not_recorded", recorded.error());
  }
  return wire::RefusedCall(StatusOf(error.code), error.code, {{}, refusal.retry_after, {}});
}

Result<account::Begun> EnrolmentService::Begin(const v1::BeginActivationRequest& request,
                                               std::chrono::milliseconds& locked_for, Deadline deadline) {
  const ByteView request_der = AsBytes(request.certificate_request());
  if (!request.has_sheet()) {
    TRY_ASSIGN(const Bytes token, ReadToken(request.token()));
    return activation_.BeginByToken(token, request_der, deadline);
  }
  const v1::IssuedSecrets& sheet = request.sheet();
  return activation_.BeginBySheet({sheet.institution_code(), sheet.account_id(), request.desk_name(),
                                   AsBytes(sheet.password()), AsBytes(sheet.activation_code())},
                                  request_der, locked_for, deadline);
}

grpc::Status EnrolmentService::BeginActivation(grpc::ServerContext* context, const v1::BeginActivationRequest* request,
                                               v1::BeginActivationResponse* response) {
  const char* const action =
      request->has_sheet() ? audit::action::kIdentityActivationRefused : audit::action::kIdentityTokenRefused;
  return Serve(*context, {"BeginActivation", action},
               [&](Deadline deadline, std::chrono::milliseconds& retry_after, bool& record) -> Result<void> {
                 Result<account::Begun> begun = Begin(*request, retry_after, deadline);
                 if (!begun) {
                   record = !IsCountedTry(begun.error().code, *request);
                   return std::move(begun).error();
                 }
                 response->set_activation_id(begun->activation_id);
                 response->set_challenge(std::string(AsText(begun->challenge)));
                 response->set_expires_in_ms(static_cast<std::uint32_t>(begun->expires_in.count()));
                 response->set_desk_id(begun->desk_id);
                 return {};
               });
}

grpc::Status EnrolmentService::FinishActivation(grpc::ServerContext* context,
                                                const v1::FinishActivationRequest* request,
                                                v1::FinishActivationResponse* response) {
  return Serve(*context, {"FinishActivation", audit::action::kIdentityActivationRefused},
               [&](Deadline deadline, std::chrono::milliseconds&, bool&) -> Result<void> {
                 TRY_ASSIGN(account::Activated activated,
                            activation_.Finish(request->activation_id(), AsBytes(request->signature()), deadline));
                 log::Info(kComponent, "activated", {{"desk", activated.desk_id}, {"account", activated.account_id}});
                 response->set_certificate_pem(std::move(activated.certificate_pem));
                 response->set_desk_id(activated.desk_id);
                 response->set_desk_name(std::move(activated.desk_name));
                 response->set_account_id(std::move(activated.account_id));
                 response->set_institution_code(std::move(activated.institution_code));
                 response->set_desk_listener(desk_listener_);
                 return {};
               });
}

grpc::Status EnrolmentService::RenewLate(grpc::ServerContext* context, const v1::RenewLateRequest* request,
                                         v1::RenewLateResponse* response) {
  return Serve(*context, {"RenewLate", audit::action::kIdentityRenewalRefused},
               [&](Deadline deadline, std::chrono::milliseconds&, bool& record) -> Result<void> {
                 bool proved = false;
                 Result<std::string> pem =
                     renewal_.RenewLate(request->certificate_pem(), AsBytes(request->certificate_request()),
                                        AsBytes(request->signature()), proved, deadline);
                 record = !proved;  // of whom it is known which desk it was the book has the row
                 if (!pem) return std::move(pem).error();
                 response->set_certificate_pem(std::move(pem).value());
                 return {};
               });
}

}  // namespace madoguchi::identity
