// SPDX-License-Identifier: Apache-2.0
// DeskCheckService: what a desk does about a result it has had: says whose it is, sees it again, writes down how a name
// stands on the card. As of a press: the certificate of the call is good, an account of the desk is active and logged
// in, and an operator is signed in where the policy asks for one (names always ask). What happens is in the trail
// before it is answered. Thread: gRPC's synchronous threads; each call blocks on the database up to kDeskCallWithin or
// the caller's own deadline. Owns nothing: all parts outlive it. Errors on the wire: call_status.h.
#pragma once
#include <chrono>
#include <functional>

#include "madoguchi/v1/desk_check_service.grpc.pb.h"
#include "server/account/log_ins.h"
#include "server/account/problem.h"
#include "server/desk/desk_call.h"
#include "server/handoff/kept_results.h"
#include "server/handoff/names.h"

namespace madoguchi::desk {

inline constexpr std::uint32_t kResultPlaceMax = 15;  // eligibility::kResultsMax - 1

class DeskCheckService final : public v1::DeskCheckService::Service {
 public:
  struct Parts {
    account::LogIns& log_ins;
    const handoff::KeptResults& kept;
    const handoff::Names& names;
    bool operator_needed = true;         // policy desk.operators
    std::chrono::seconds show_again{0};  // desk.show_again_seconds; 0: off
    // Rows that were held may leave now. Must not wait.
    std::function<void()> released = [] {};
  };
  explicit DeskCheckService(Parts parts) : parts_(std::move(parts)) {}

  grpc::Status Confirm(grpc::ServerContext* context, const v1::ConfirmRequest* request,
                       v1::ConfirmResponse* response) override;
  grpc::Status ShowAgain(grpc::ServerContext* context, const v1::ShowAgainRequest* request,
                         v1::ShowAgainResponse* response) override;
  grpc::Status ProposeName(grpc::ServerContext* context, const v1::ProposeNameRequest* request,
                           v1::ProposeNameResponse* response) override;
  grpc::Status ConfirmName(grpc::ServerContext* context, const v1::ConfirmNameRequest* request,
                           v1::ConfirmNameResponse* response) override;

 private:
  using Act = std::function<Result<void>(const DeskCall&, account::Problems&)>;
  grpc::Status Serve(const grpc::ServerContext& context, const char* method, const Act& act);
  // NOT_LOGGED_IN · ACCOUNT_NOT_USABLE · OPERATOR_NEEDED.
  Result<void> MayCheck(const DeskCall& call) const;
  const Parts parts_;
};

// A name somebody read off a card: 1–kNameCharactersMax characters, all of JIS X 0208, no ●. Adds at most one problem.
void CheckName(account::Problems& problems, const std::string& name);

}  // namespace madoguchi::desk
