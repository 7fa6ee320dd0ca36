// SPDX-License-Identifier: Apache-2.0
// ApprovalService on the wire (proto/madoguchi/v1/approval_service.proto): what the second person does, and break-glass
// codes. Every call goes through the Guard. Approving asks for a fresh TOTP code: a session alone is not a second
// person. Thread: gRPC's synchronous threads.
#pragma once
#include "madoguchi/v1/approval_service.grpc.pb.h"
#include "server/console/break_glass.h"
#include "server/console/guard.h"
#include "server/console/proof.h"

namespace madoguchi::console {

class ApprovalService final : public v1::ApprovalService::Service {
 public:
  // All outlive the service.
  struct Parts {
    Guard& guard;
    ApprovalBook& approvals;
    const Proof& proof;
    BreakGlass& break_glass;
  };
  explicit ApprovalService(const Parts& parts) : parts_(parts) {}

  grpc::Status List(grpc::ServerContext* context, const v1::ListApprovalsRequest* request,
                    v1::ListApprovalsResponse* response) override;
  grpc::Status Approve(grpc::ServerContext* context, const v1::ApproveRequest* request,
                       v1::ApproveResponse* response) override;
  grpc::Status Refuse(grpc::ServerContext* context, const v1::RefuseApprovalRequest* request,
                      v1::RefuseApprovalResponse* response) override;
  grpc::Status MakeBreakGlassCodes(grpc::ServerContext* context, const v1::MakeBreakGlassCodesRequest* request,
                                   v1::MakeBreakGlassCodesResponse* response) override;
  grpc::Status ListBreakGlassUses(grpc::ServerContext* context, const v1::ListBreakGlassUsesRequest* request,
                                  v1::ListBreakGlassUsesResponse* response) override;
  grpc::Status ReviewBreakGlassUse(grpc::ServerContext* context, const v1::ReviewBreakGlassUseRequest* request,
                                   v1::ReviewBreakGlassUseResponse* response) override;

 private:
  const Parts parts_;
};

}  // namespace madoguchi::console
