// SPDX-License-Identifier: Apache-2.0
// AccountService: the administrators' side of device accounts. Every call goes through Guard; the acts are
// account/account_acts.h's, here is only their translation. ImportSheets and PrintSheets are streams of sheet_calls.
// Thread: gRPC's synchronous threads. Owns nothing: all parts outlive it. Errors on the wire: wire_error.h.
#pragma once
#include <functional>

#include "madoguchi/v1/account_service.grpc.pb.h"
#include "server/account/account_acts.h"
#include "server/console/guard.h"

namespace madoguchi::console {

class AccountService final : public v1::AccountService::Service {
 public:
  struct Parts {
    Guard& guard;
    account::AccountActs& acts;
    // Uses a break-glass code up for this act, alarms, asks for a review. BREAK_GLASS_INVALID.
    std::function<Result<void>(const Caller& caller, const std::string& code, const std::string& act,
                               Deadline deadline)>
        use_break_glass;
    std::function<grpc::Status(grpc::ServerContext*, grpc::ServerReader<v1::ImportSheetsRequest>*,
                               v1::ImportSheetsResponse*)>
        import_sheets;
    std::function<grpc::Status(grpc::ServerContext*, const v1::PrintSheetsRequest*,
                               grpc::ServerWriter<v1::PrintSheetsResponse>*)>
        print_sheets;
  };
  explicit AccountService(Parts parts) : parts_(std::move(parts)) {}

  grpc::Status List(grpc::ServerContext* context, const v1::ListAccountsRequest* request,
                    v1::ListAccountsResponse* response) override;
  grpc::Status Show(grpc::ServerContext* context, const v1::ShowAccountRequest* request,
                    v1::ShowAccountResponse* response) override;
  grpc::Status SetNote(grpc::ServerContext* context, const v1::SetAccountNoteRequest* request,
                       v1::SetAccountNoteResponse* response) override;
  grpc::Status SetHolder(grpc::ServerContext* context, const v1::SetAccountHolderRequest* request,
                         v1::SetAccountHolderResponse* response) override;
  grpc::Status Suspend(grpc::ServerContext* context, const v1::SuspendAccountRequest* request,
                       v1::SuspendAccountResponse* response) override;
  grpc::Status Resume(grpc::ServerContext* context, const v1::ResumeAccountRequest* request,
                      v1::ResumeAccountResponse* response) override;
  grpc::Status End(grpc::ServerContext* context, const v1::EndAccountRequest* request,
                   v1::EndAccountResponse* response) override;
  grpc::Status Unlock(grpc::ServerContext* context, const v1::UnlockAccountRequest* request,
                      v1::UnlockAccountResponse* response) override;
  grpc::Status Release(grpc::ServerContext* context, const v1::ReleaseAccountRequest* request,
                       v1::ReleaseAccountResponse* response) override;
  grpc::Status ImportSheets(grpc::ServerContext* context, grpc::ServerReader<v1::ImportSheetsRequest>* reader,
                            v1::ImportSheetsResponse* response) override;
  grpc::Status PrintSheets(grpc::ServerContext* context, const v1::PrintSheetsRequest* request,
                           grpc::ServerWriter<v1::PrintSheetsResponse>* writer) override;

 private:
  const Parts parts_;
};

}  // namespace madoguchi::console
