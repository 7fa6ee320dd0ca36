// SPDX-License-Identifier: Apache-2.0
#include "server/desk/desk_account_service.h"

#include <algorithm>

#include "contract/log.h"
#include "contract/trace.h"
#include "server/desk/call_status.h"

namespace madoguchi::desk {
namespace {

constexpr const char* kComponent = "desk";

std::uint32_t Milliseconds(std::chrono::milliseconds time) {
  return static_cast<std::uint32_t>(std::clamp<std::chrono::milliseconds::rep>(time.count(), 0, UINT32_MAX));
}

}  // namespace

grpc::Status DeskAccountService::Serve(const grpc::ServerContext& context, const char* method,
                                       const std::function<Result<void>(Call&)>& act, const char* authentication) {
  const TraceScope trace(audit::NewTraceId());
  const audit::Acting acting(OriginOf(context, authentication));
  Result<DeskCall> admitted = AdmitCall(context, parts_.log_ins);
  if (!admitted) {
    log::Report(kComponent, method, admitted.error());
    return ToCallStatus(admitted.error());
  }
  Call call{std::move(admitted).value(), {}};
  const Result<void> done = act(call);
  if (done.ok()) return grpc::Status::OK;
  log::Report(kComponent, method, done.error());
  return ToCallStatus(done.error(), call.refusal.locked_for, call.refusal.problems);
}

Result<void> DeskAccountService::FillAccount(const Call& call, const account::DeskAccountFacts& facts,
                                             v1::DeskAccount& account) {
  TRY_ASSIGN(const std::chrono::milliseconds locked, parts_.log_in.LockLeft(call.desk_id, facts, call.deadline));
  account.set_account_id(facts.account_id);
  account.set_institution_code(facts.institution_code);
  account.set_institution_name(facts.institution_name);
  account.set_active(facts.active);
  account.set_logged_in(facts.logged_in);
  account.set_locked_ms(Milliseconds(locked));
  return {};
}

grpc::Status DeskAccountService::Status(grpc::ServerContext* context, const v1::DeskStatusRequest* /*request*/,
                                        v1::DeskStatusResponse* response) {
  return Serve(*context, "status_refused", [&](Call& call) -> Result<void> {
    TRY_ASSIGN(const account::DeskStanding facts,
               parts_.log_ins.Describe(call.desk_id, call.certificate_sha256, call.deadline));
    response->set_desk_name(facts.desk_name);
    for (const account::DeskAccountFacts& account : facts.accounts)
      TRY_VOID(FillAccount(call, account, *response->add_accounts()));
    response->set_operator_code(facts.operator_code);
    response->set_operator_idle_ms(Milliseconds(facts.operator_idle));
    response->set_operator_needed(parts_.operator_needed);
    response->set_certificate_expires_at(facts.certificate_expires_at);
    response->set_renew_now(facts.renew_now);
    return {};
  });
}

grpc::Status DeskAccountService::LogIn(grpc::ServerContext* context, const v1::DeskLogInRequest* request,
                                       v1::DeskLogInResponse* response) {
  return Serve(
      *context, "log_in_refused",
      [&](Call& call) -> Result<void> {
        TRY_ASSIGN(const account::DeskAccountFacts facts,
                   parts_.log_in.LogIn(call.desk_id, request->institution_code(), request->account_id(),
                                       AsBytes(request->password()), call.refusal, call.deadline));
        return FillAccount(call, facts, *response->mutable_account());
      },
      audit::authentication::kCertificateAndPassword);
}

grpc::Status DeskAccountService::LogOut(grpc::ServerContext* context, const v1::DeskLogOutRequest* request,
                                        v1::DeskLogOutResponse* /*response*/) {
  return Serve(*context, "log_out_failed", [&](Call& call) {
    return parts_.log_ins.LogOut(call.desk_id, request->institution_code(), call.deadline);
  });
}

grpc::Status DeskAccountService::ChangePassword(grpc::ServerContext* context,
                                                const v1::DeskChangePasswordRequest* request,
                                                v1::DeskChangePasswordResponse* /*response*/) {
  return Serve(
      *context, "password_change_refused",
      [&](Call& call) {
        return parts_.log_in.ChangePassword(call.desk_id, request->institution_code(), AsBytes(request->old_password()),
                                            AsBytes(request->new_password()), AsBytes(request->new_password_again()),
                                            call.refusal, call.deadline);
      },
      audit::authentication::kCertificateAndPassword);
}

grpc::Status DeskAccountService::Deregister(grpc::ServerContext* context, const v1::DeregisterRequest* request,
                                            v1::DeregisterResponse* response) {
  return Serve(
      *context, "deregistration_refused",
      [&](Call& call) -> Result<void> {
        TRY_ASSIGN(const bool told,
                   parts_.log_in.Deregister(call.desk_id, request->institution_code(), AsBytes(request->password()),
                                            call.refusal, call.deadline));
        response->set_national_told(told);
        return {};
      },
      audit::authentication::kCertificateAndPassword);
}

grpc::Status DeskAccountService::RenewCertificate(grpc::ServerContext* context,
                                                  const v1::RenewCertificateRequest* request,
                                                  v1::RenewCertificateResponse* response) {
  return Serve(*context, "renewal_refused", [&](Call& call) -> Result<void> {
    if (request->certificate_request().size() > kRequestDerBytesMax)
      return Error{ErrorCode::kCertificateRequestInvalid, "too long", {}};
    TRY_ASSIGN(std::string pem, parts_.renew(call.desk_id, call.certificate_sha256,
                                             AsBytes(request->certificate_request()), call.deadline));
    response->set_certificate_pem(std::move(pem));
    return {};
  });
}

grpc::Status DeskAccountService::SignInOperator(grpc::ServerContext* context, const v1::SignInOperatorRequest* request,
                                                v1::SignInOperatorResponse* response) {
  return Serve(*context, "operator_refused", [&](Call& call) -> Result<void> {
    TRY_ASSIGN(const account::Operators::SignedIn signed_in,
               parts_.operators.SignIn(call.desk_id, request->staff_code(), AsBytes(request->pin()), call.refusal,
                                       call.deadline));
    response->set_pin_must_change(signed_in.pin_must_change);
    response->set_idle_ms(Milliseconds(signed_in.idle));
    return {};
  });
}

grpc::Status DeskAccountService::SignOutOperator(grpc::ServerContext* context,
                                                 const v1::SignOutOperatorRequest* /*request*/,
                                                 v1::SignOutOperatorResponse* /*response*/) {
  return Serve(*context, "operator_sign_out_failed",
               [&](Call& call) { return parts_.operators.SignOut(call.desk_id, call.deadline); });
}

grpc::Status DeskAccountService::ChangeOperatorPin(grpc::ServerContext* context,
                                                   const v1::ChangeOperatorPinRequest* request,
                                                   v1::ChangeOperatorPinResponse* /*response*/) {
  return Serve(*context, "operator_pin_change_refused", [&](Call& call) {
    return parts_.operators.ChangePin(call.desk_id, request->staff_code(), AsBytes(request->old_pin()),
                                      AsBytes(request->new_pin()), call.refusal, call.deadline);
  });
}

}  // namespace madoguchi::desk
