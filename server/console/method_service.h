// SPDX-License-Identifier: Apache-2.0
// MethodService: the rules which ways of checking are allowed where and when. Every call goes through Guard; the book
// is check/method_book.h's. Thread: gRPC's synchronous threads. Owns nothing. Errors on the wire: wire_error.h.
#pragma once
#include "madoguchi/v1/method_service.grpc.pb.h"
#include "server/account/problem.h"
#include "server/check/method_book.h"
#include "server/console/guard.h"

namespace madoguchi::console {

class MethodService final : public v1::MethodService::Service {
 public:
  MethodService(Guard& guard, check::MethodBook& book) : guard_(guard), book_(book) {}
  grpc::Status List(grpc::ServerContext* context, const v1::ListMethodRulesRequest* request,
                    v1::ListMethodRulesResponse* response) override;
  grpc::Status Add(grpc::ServerContext* context, const v1::AddMethodRuleRequest* request,
                   v1::AddMethodRuleResponse* response) override;
  grpc::Status Remove(grpc::ServerContext* context, const v1::RemoveMethodRuleRequest* request,
                      v1::RemoveMethodRuleResponse* response) override;
  grpc::Status SetZone(grpc::ServerContext* context, const v1::SetZoneRequest* request,
                       v1::SetZoneResponse* response) override;

 private:
  Guard& guard_;
  check::MethodBook& book_;
};

// What an administrator wrote, checked; `problems` names every field that is wrong, and then the rule is of no use.
// Pure.
check::MethodRule ReadRule(const v1::MethodRule& message, account::Problems& problems);

}  // namespace madoguchi::console
