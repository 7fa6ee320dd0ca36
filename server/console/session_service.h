// SPDX-License-Identifier: Apache-2.0
// SessionService on the wire (proto/madoguchi/v1/session_service.proto): every call through the Guard, then sessions.h.
// What was typed is wiped from the request's reader only by gRPC; nothing of it is kept, logged or answered. Thread:
// gRPC's synchronous threads.
#pragma once
#include "madoguchi/v1/session_service.grpc.pb.h"
#include "server/console/guard.h"
#include "server/console/sessions.h"

namespace madoguchi::console {

class SessionService final : public v1::SessionService::Service {
 public:
  // Both outlive the service.
  SessionService(Guard& guard, Sessions& sessions) : guard_(guard), sessions_(sessions) {}

  grpc::Status LogIn(grpc::ServerContext* context, const v1::ConsoleLogInRequest* request,
                     v1::ConsoleLogInResponse* response) override;
  grpc::Status LogOut(grpc::ServerContext* context, const v1::ConsoleLogOutRequest* request,
                      v1::ConsoleLogOutResponse* response) override;
  grpc::Status WhoAmI(grpc::ServerContext* context, const v1::WhoAmIRequest* request,
                      v1::WhoAmIResponse* response) override;
  grpc::Status ChangePassword(grpc::ServerContext* context, const v1::ConsoleChangePasswordRequest* request,
                              v1::ConsoleChangePasswordResponse* response) override;
  grpc::Status BeginTotp(grpc::ServerContext* context, const v1::BeginTotpRequest* request,
                         v1::BeginTotpResponse* response) override;
  grpc::Status ConfirmTotp(grpc::ServerContext* context, const v1::ConfirmTotpRequest* request,
                           v1::ConfirmTotpResponse* response) override;
  grpc::Status AskPasswordReset(grpc::ServerContext* context, const v1::AskPasswordResetRequest* request,
                                v1::AskPasswordResetResponse* response) override;
  grpc::Status ResetPassword(grpc::ServerContext* context, const v1::ResetPasswordRequest* request,
                             v1::ResetPasswordResponse* response) override;

 private:
  Guard& guard_;
  Sessions& sessions_;
};

}  // namespace madoguchi::console
