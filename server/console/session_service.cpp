// SPDX-License-Identifier: Apache-2.0
#include "server/console/session_service.h"

#include "server/console/problems_wire.h"

namespace madoguchi::console {
namespace {

OwnSession Own(const Caller& caller) {
  return {caller.user_id, caller.token_sha256};
}

}  // namespace

grpc::Status SessionService::LogIn(grpc::ServerContext* context, const v1::ConsoleLogInRequest* request,
                                   v1::ConsoleLogInResponse* response) {
  return guard_.Serve(*context, "SessionService/LogIn", *request,
                      [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
                        TRY_ASSIGN(LoggedIn in,
                                   sessions_.LogIn({request->user_id(), request->password(), request->code()},
                                                   caller.console_id, deadline, refused.retry_after));
                        response->set_token(std::move(in.token));
                        response->set_password_must_change(in.session.password_must_change);
                        response->set_totp_must_be_set_up(in.session.totp_must_be_set_up);
                        response->set_idle_ends_at(in.session.idle_ends_at);
                        response->set_ends_at(in.session.ends_at);
                        response->set_recovery_codes_left(in.session.recovery_codes_left);
                        return {};
                      });
}

grpc::Status SessionService::LogOut(grpc::ServerContext* context, const v1::ConsoleLogOutRequest* request,
                                    v1::ConsoleLogOutResponse*) {
  return guard_.Serve(
      *context, "SessionService/LogOut", *request,
      [&](const Caller& caller, Deadline deadline, Refused&) { return sessions_.LogOut(Own(caller), deadline); });
}

grpc::Status SessionService::WhoAmI(grpc::ServerContext* context, const v1::WhoAmIRequest* request,
                                    v1::WhoAmIResponse* response) {
  return guard_.Serve(*context, "SessionService/WhoAmI", *request,
                      [&](const Caller& caller, Deadline, Refused&) -> Result<void> {
                        response->set_user_id(caller.user_id);
                        response->set_role(caller.role);
                        for (const std::string& code : caller.institution_codes) response->add_institution_codes(code);
                        response->set_ends_at(caller.session.ends_at);
                        return {};
                      });
}

grpc::Status SessionService::ChangePassword(grpc::ServerContext* context,
                                            const v1::ConsoleChangePasswordRequest* request,
                                            v1::ConsoleChangePasswordResponse*) {
  return guard_.Serve(*context, "SessionService/ChangePassword", *request,
                      [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
                        account::Problems problems;
                        const Result<void> changed =
                            sessions_.ChangePassword(Own(caller), {request->old_password(), request->new_password()},
                                                     deadline, problems, refused.retry_after);
                        refused.problems = ProblemsOnWire(problems);
                        return changed;
                      });
}

grpc::Status SessionService::BeginTotp(grpc::ServerContext* context, const v1::BeginTotpRequest* request,
                                       v1::BeginTotpResponse* response) {
  return guard_.Serve(*context, "SessionService/BeginTotp", *request,
                      [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
                        TRY_ASSIGN(*response->mutable_uri(), sessions_.BeginTotp(Own(caller), request->password(),
                                                                                 deadline, refused.retry_after));
                        return {};
                      });
}

grpc::Status SessionService::ConfirmTotp(grpc::ServerContext* context, const v1::ConfirmTotpRequest* request,
                                         v1::ConfirmTotpResponse* response) {
  return guard_.Serve(*context, "SessionService/ConfirmTotp", *request,
                      [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
                        TRY_ASSIGN(const std::vector<std::string> codes,
                                   sessions_.ConfirmTotp(Own(caller), request->code(), deadline));
                        for (const std::string& code : codes) response->add_recovery_codes(code);
                        return {};
                      });
}

grpc::Status SessionService::AskPasswordReset(grpc::ServerContext* context, const v1::AskPasswordResetRequest* request,
                                              v1::AskPasswordResetResponse*) {
  return guard_.Serve(
      *context, "SessionService/AskPasswordReset", *request,
      [&](const Caller&, Deadline deadline, Refused&) { return sessions_.AskReset(request->user_id(), deadline); });
}

grpc::Status SessionService::ResetPassword(grpc::ServerContext* context, const v1::ResetPasswordRequest* request,
                                           v1::ResetPasswordResponse*) {
  return guard_.Serve(*context, "SessionService/ResetPassword", *request,
                      [&](const Caller&, Deadline deadline, Refused& refused) -> Result<void> {
                        account::Problems problems;
                        const Result<void> reset = sessions_.ResetPassword(
                            {request->user_id(), request->reset_code(), request->new_password()}, deadline, problems,
                            refused.retry_after);
                        refused.problems = ProblemsOnWire(problems);
                        return reset;
                      });
}

}  // namespace madoguchi::console
