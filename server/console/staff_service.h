// SPDX-License-Identifier: Apache-2.0
// StaffService: the roster of operators. Names are shown to administrators only. Every call goes through Guard; the
// acts are account/operators.h's. Thread: gRPC's synchronous threads. Owns nothing. Errors on the wire: wire_error.h.
#pragma once
#include "madoguchi/v1/staff_service.grpc.pb.h"
#include "server/account/operators.h"
#include "server/console/guard.h"

namespace madoguchi::console {

class StaffService final : public v1::StaffService::Service {
 public:
  StaffService(Guard& guard, account::Operators& operators) : guard_(guard), operators_(operators) {}
  grpc::Status List(grpc::ServerContext* context, const v1::ListStaffRequest* request,
                    v1::ListStaffResponse* response) override;
  grpc::Status Add(grpc::ServerContext* context, const v1::AddStaffRequest* request,
                   v1::AddStaffResponse* response) override;
  grpc::Status Remove(grpc::ServerContext* context, const v1::RemoveStaffRequest* request,
                      v1::RemoveStaffResponse* response) override;
  grpc::Status ResetPin(grpc::ServerContext* context, const v1::ResetStaffPinRequest* request,
                        v1::ResetStaffPinResponse* response) override;

 private:
  Guard& guard_;
  account::Operators& operators_;
};

}  // namespace madoguchi::console
