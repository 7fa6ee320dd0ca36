// SPDX-License-Identifier: Apache-2.0
// CallService: service calls (外部照会) as administrators and auditors look for them, within the institutions of their
// session. Every call goes through Guard; the book is eligibility/call_book.h's. Thread: gRPC's synchronous threads.
// Owns nothing. Errors on the wire: wire_error.h.
#pragma once
#include "madoguchi/v1/call_service.grpc.pb.h"
#include "server/account/problem.h"
#include "server/console/guard.h"
#include "server/eligibility/call_book.h"

namespace madoguchi::console {

class CallService final : public v1::CallService::Service {
 public:
  CallService(Guard& guard, eligibility::CallBook& book) : guard_(guard), book_(book) {}
  grpc::Status Search(grpc::ServerContext* context, const v1::SearchCallsRequest* request,
                      v1::SearchCallsResponse* response) override;

 private:
  Guard& guard_;
  eligibility::CallBook& book_;
};

// What was asked, checked; `problems` names every field that is wrong. allowed: institution codes of the session, none:
// all. Pure.
eligibility::CallSearch ReadCallSearch(const v1::SearchCallsRequest& request, const std::vector<std::string>& allowed,
                                       account::Problems& problems);

}  // namespace madoguchi::console
