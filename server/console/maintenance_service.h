// SPDX-License-Identifier: Apache-2.0
// MaintenanceService: work of the vendor, opened with a plan and closed with what was done. Every call goes through
// Guard. Thread: gRPC's synchronous threads. Owns nothing. Errors on the wire: wire_error.h.
#pragma once
#include "madoguchi/v1/maintenance_service.grpc.pb.h"
#include "server/console/guard.h"
#include "server/console/maintenance_book.h"

namespace madoguchi::console {

class MaintenanceService final : public v1::MaintenanceService::Service {
 public:
  MaintenanceService(Guard& guard, MaintenanceBook& book) : guard_(guard), book_(book) {}
  grpc::Status List(grpc::ServerContext* context, const v1::ListMaintenanceRequest* request,
                    v1::ListMaintenanceResponse* response) override;
  grpc::Status Open(grpc::ServerContext* context, const v1::OpenMaintenanceRequest* request,
                    v1::OpenMaintenanceResponse* response) override;
  grpc::Status Close(grpc::ServerContext* context, const v1::CloseMaintenanceRequest* request,
                     v1::CloseMaintenanceResponse* response) override;

 private:
  Guard& guard_;
  MaintenanceBook& book_;
};

}  // namespace madoguchi::console
