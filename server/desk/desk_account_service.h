// SPDX-License-Identifier: Apache-2.0
// DeskAccountService: what a desk does about its own accounts and its operator. Which desk calls is what the TLS
// handshake verified; each call looks again whether its certificate is still good. The order of the steps is
// account/log_in.h's and account/operators.h's. Passwords and PINs are read where they arrived and are in no log, trail
// or answer. Thread: gRPC's synchronous threads; each call blocks on the database, one hash and (Deregister) the
// national side, up to kDeskCallWithin or the caller's own deadline. Owns nothing: all parts outlive it. Errors on the
// wire: call_status.h.
#pragma once
#include <chrono>
#include <functional>
#include <string>

#include "contract/bytes.h"
#include "madoguchi/v1/desk_account_service.grpc.pb.h"
#include "server/account/log_in.h"
#include "server/account/operators.h"
#include "server/audit/authentication.h"
#include "server/desk/desk_call.h"

namespace madoguchi::desk {

inline constexpr std::size_t kRequestDerBytesMax = 4096;  // PKCS#10 of a P-256 key: about 300

class DeskAccountService final : public v1::DeskAccountService::Service {
 public:
  using Renew = std::function<Result<std::string>(const std::string& desk_id, ByteView certificate_sha256,
                                                  ByteView request_der, Deadline deadline)>;
  struct Parts {
    account::LogIns& log_ins;
    account::DeskLogIn& log_in;
    account::Operators& operators;
    Renew renew;
    bool operator_needed = true;  // policy desk.operators
  };
  explicit DeskAccountService(Parts parts) : parts_(std::move(parts)) {}

  grpc::Status Status(grpc::ServerContext* context, const v1::DeskStatusRequest* request,
                      v1::DeskStatusResponse* response) override;
  grpc::Status LogIn(grpc::ServerContext* context, const v1::DeskLogInRequest* request,
                     v1::DeskLogInResponse* response) override;
  grpc::Status LogOut(grpc::ServerContext* context, const v1::DeskLogOutRequest* request,
                      v1::DeskLogOutResponse* response) override;
  grpc::Status ChangePassword(grpc::ServerContext* context, const v1::DeskChangePasswordRequest* request,
                              v1::DeskChangePasswordResponse* response) override;
  grpc::Status Deregister(grpc::ServerContext* context, const v1::DeregisterRequest* request,
                          v1::DeregisterResponse* response) override;
  grpc::Status RenewCertificate(grpc::ServerContext* context, const v1::RenewCertificateRequest* request,
                                v1::RenewCertificateResponse* response) override;
  grpc::Status SignInOperator(grpc::ServerContext* context, const v1::SignInOperatorRequest* request,
                              v1::SignInOperatorResponse* response) override;
  grpc::Status SignOutOperator(grpc::ServerContext* context, const v1::SignOutOperatorRequest* request,
                               v1::SignOutOperatorResponse* response) override;
  grpc::Status ChangeOperatorPin(grpc::ServerContext* context, const v1::ChangeOperatorPinRequest* request,
                                 v1::ChangeOperatorPinResponse* response) override;

 private:
  struct Call : DeskCall {
    account::LogInRefusal refusal;
  };
  grpc::Status Serve(const grpc::ServerContext& context, const char* method,
                     const std::function<Result<void>(Call&)>& act,
                     const char* authentication = audit::authentication::kCertificate);
  Result<void> FillAccount(const Call& call, const account::DeskAccountFacts& facts, v1::DeskAccount& account);
  const Parts parts_;
};

}  // namespace madoguchi::desk
