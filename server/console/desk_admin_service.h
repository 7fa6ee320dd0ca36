// SPDX-License-Identifier: Apache-2.0
// DeskAdminService: desks as the administrator sees them (proto desk_admin_service.proto). Every call goes through
// Guard; the acts are account/desk_admin.h's, renewals identity/certificate_book.h's. Thread: gRPC's synchronous
// threads. Owns nothing; all outlive it. Errors on the wire: wire_error.h.
#pragma once
#include <chrono>
#include <functional>
#include <string>

#include "madoguchi/v1/desk_admin_service.grpc.pb.h"
#include "server/account/desk_admin.h"
#include "server/console/guard.h"
#include "server/identity/certificate_book.h"

namespace madoguchi::console {

inline constexpr std::size_t kSheetChunkBytes = 32 * 1024;
inline constexpr std::chrono::seconds kSheetsTakenWithin{120};  // links and sheets of all desks

class DeskAdminService final : public v1::DeskAdminService::Service {
 public:
  struct Parts {
    Guard& guard;
    account::DeskAdmin& desks;
    identity::CertificateBook& certificates;
    std::function<bool(const std::string& desk_id)> connected;  // to this server process
  };
  explicit DeskAdminService(Parts parts) : parts_(std::move(parts)) {}
  grpc::Status List(grpc::ServerContext* context, const v1::ListDesksRequest* request,
                    v1::ListDesksResponse* response) override;
  grpc::Status Prepare(grpc::ServerContext* context, const v1::PrepareDesksRequest* request,
                       grpc::ServerWriter<v1::PrepareDesksResponse>* writer) override;
  grpc::Status Revoke(grpc::ServerContext* context, const v1::RevokeDeskRequest* request,
                      v1::RevokeDeskResponse* response) override;
  grpc::Status Replace(grpc::ServerContext* context, const v1::ReplaceDeskRequest* request,
                       grpc::ServerWriter<v1::PrepareDesksResponse>* writer) override;
  grpc::Status ListRenewals(grpc::ServerContext* context, const v1::ListRenewalsRequest* request,
                            v1::ListRenewalsResponse* response) override;
  grpc::Status ApproveRenewal(grpc::ServerContext* context, const v1::ApproveRenewalRequest* request,
                              v1::ApproveRenewalResponse* response) override;

 private:
  void Fill(const account::DeskOverview& facts, v1::Desk& desk) const;
  Result<void> Send(const account::LinkedDesk& linked, bool links_only,
                    grpc::ServerWriter<v1::PrepareDesksResponse>& writer) const;
  // The open renewals of desks the caller may act for.
  Result<std::vector<identity::OpenRenewal>> Renewals(const Caller& caller, Deadline deadline) const;
  Parts parts_;
};

}  // namespace madoguchi::console
