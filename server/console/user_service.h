// SPDX-License-Identifier: Apache-2.0
// UserService on the wire (proto/madoguchi/v1/user_service.proto): every call through the Guard, then users.h. Thread:
// gRPC's synchronous threads.
#pragma once
#include "madoguchi/v1/user_service.grpc.pb.h"
#include "server/console/guard.h"
#include "server/console/users.h"

namespace madoguchi::console {

class UserService final : public v1::UserService::Service {
 public:
  // Both outlive the service.
  UserService(Guard& guard, Users& users) : guard_(guard), users_(users) {}

  grpc::Status List(grpc::ServerContext* context, const v1::ListUsersRequest* request,
                    v1::ListUsersResponse* response) override;
  grpc::Status Create(grpc::ServerContext* context, const v1::CreateUserRequest* request,
                      v1::CreateUserResponse* response) override;
  grpc::Status SetRole(grpc::ServerContext* context, const v1::SetUserRoleRequest* request,
                       v1::SetUserRoleResponse* response) override;
  grpc::Status ResetCredentials(grpc::ServerContext* context, const v1::ResetUserCredentialsRequest* request,
                                v1::ResetUserCredentialsResponse* response) override;
  grpc::Status Disable(grpc::ServerContext* context, const v1::DisableUserRequest* request,
                       v1::DisableUserResponse* response) override;
  grpc::Status Enable(grpc::ServerContext* context, const v1::EnableUserRequest* request,
                      v1::EnableUserResponse* response) override;

 private:
  Guard& guard_;
  Users& users_;
};

}  // namespace madoguchi::console
