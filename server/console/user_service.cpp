// SPDX-License-Identifier: Apache-2.0
#include "server/console/user_service.h"

#include "server/console/problems_wire.h"
#include "server/console/role_words.h"

namespace madoguchi::console {
namespace {

Actor ActorOf(const Caller& caller) {
  return {caller.user_id, caller.institution_codes, caller.approval};
}

void Write(const UserFacts& facts, v1::User& user) {
  user.set_user_id(facts.user_id);
  user.set_name(facts.name);
  user.set_role(RoleFromWord(facts.role));
  for (const std::string& code : facts.institution_codes) user.add_institution_codes(code);
  user.set_enabled(facts.enabled);
  user.set_complete(facts.complete);
  user.set_last_log_in_at(facts.last_log_in_at);
  user.set_locked_until(facts.locked_until);
}

template <class Request>
UserRole RoleOf(const Request& request) {
  return {request.user_id(),
          Word(request.role()),
          {request.institution_codes().begin(), request.institution_codes().end()}};
}

}  // namespace

grpc::Status UserService::List(grpc::ServerContext* context, const v1::ListUsersRequest* request,
                               v1::ListUsersResponse* response) {
  return guard_.Serve(*context, "UserService/List", *request,
                      [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
                        TRY_ASSIGN(const std::vector<UserFacts> users, users_.List(ActorOf(caller), deadline));
                        for (const UserFacts& facts : users) Write(facts, *response->add_users());
                        return {};
                      });
}

grpc::Status UserService::Create(grpc::ServerContext* context, const v1::CreateUserRequest* request,
                                 v1::CreateUserResponse* response) {
  return guard_.Serve(*context, "UserService/Create", *request,
                      [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
                        account::Problems problems;
                        const Result<UserFacts> made =
                            users_.Create(ActorOf(caller), RoleOf(*request), request->name(), deadline, problems);
                        refused.problems = ProblemsOnWire(problems);
                        if (!made.ok()) return made.error();
                        Write(*made, *response->mutable_user());
                        return {};
                      });
}

grpc::Status UserService::SetRole(grpc::ServerContext* context, const v1::SetUserRoleRequest* request,
                                  v1::SetUserRoleResponse* response) {
  return guard_.Serve(*context, "UserService/SetRole", *request,
                      [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
                        account::Problems problems;
                        const Result<UserFacts> set =
                            users_.SetRole(ActorOf(caller), RoleOf(*request), deadline, problems);
                        refused.problems = ProblemsOnWire(problems);
                        if (!set.ok()) return set.error();
                        Write(*set, *response->mutable_user());
                        return {};
                      });
}

grpc::Status UserService::ResetCredentials(grpc::ServerContext* context, const v1::ResetUserCredentialsRequest* request,
                                           v1::ResetUserCredentialsResponse*) {
  return guard_.Serve(*context, "UserService/ResetCredentials", *request,
                      [&](const Caller& caller, Deadline deadline, Refused&) {
                        return users_.ResetCredentials(ActorOf(caller), request->user_id(), deadline);
                      });
}

grpc::Status UserService::Disable(grpc::ServerContext* context, const v1::DisableUserRequest* request,
                                  v1::DisableUserResponse* response) {
  return guard_.Serve(*context, "UserService/Disable", *request,
                      [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
                        TRY_ASSIGN(const UserFacts facts,
                                   users_.SetEnabled(ActorOf(caller), request->user_id(), false, deadline));
                        Write(facts, *response->mutable_user());
                        return {};
                      });
}

grpc::Status UserService::Enable(grpc::ServerContext* context, const v1::EnableUserRequest* request,
                                 v1::EnableUserResponse* response) {
  return guard_.Serve(
      *context, "UserService/Enable", *request, [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
        TRY_ASSIGN(const UserFacts facts, users_.SetEnabled(ActorOf(caller), request->user_id(), true, deadline));
        Write(facts, *response->mutable_user());
        return {};
      });
}

}  // namespace madoguchi::console
