// SPDX-License-Identifier: Apache-2.0
// ApplicationService: applications to the national side. Every call goes through Guard; the acts are
// account/applications.h's, here is only their translation. Thread: gRPC's synchronous threads. Owns nothing. Errors on
// the wire: wire_error.h.
#pragma once
#include "madoguchi/v1/application_service.grpc.pb.h"
#include "server/account/applications.h"
#include "server/console/guard.h"

namespace madoguchi::console {

class ApplicationService final : public v1::ApplicationService::Service {
 public:
  ApplicationService(Guard& guard, account::Applications& applications) : guard_(guard), applications_(applications) {}
  grpc::Status Apply(grpc::ServerContext* context, const v1::ApplyRequest* request,
                     v1::ApplyResponse* response) override;
  grpc::Status Record(grpc::ServerContext* context, const v1::RecordApplicationRequest* request,
                      v1::RecordApplicationResponse* response) override;
  grpc::Status List(grpc::ServerContext* context, const v1::ListApplicationsRequest* request,
                    v1::ListApplicationsResponse* response) override;
  grpc::Status Withdraw(grpc::ServerContext* context, const v1::WithdrawApplicationRequest* request,
                        v1::WithdrawApplicationResponse* response) override;

 private:
  Guard& guard_;
  account::Applications& applications_;
};

}  // namespace madoguchi::console
