// SPDX-License-Identifier: Apache-2.0
// FacilityService: institutions, start dates, moves, notices. Every call goes through Guard; the acts are
// account/institutions.h's, here is only their translation. Thread: gRPC's synchronous threads. Owns nothing. Errors on
// the wire: wire_error.h.
#pragma once
#include "madoguchi/v1/facility_service.grpc.pb.h"
#include "server/account/institutions.h"
#include "server/console/guard.h"

namespace madoguchi::console {

class FacilityService final : public v1::FacilityService::Service {
 public:
  FacilityService(Guard& guard, account::Institutions& institutions) : guard_(guard), institutions_(institutions) {}
  // Only for users who may act for every institution: the applicant becomes one.
  grpc::Status RegisterInstitution(grpc::ServerContext* context, const v1::RegisterInstitutionRequest* request,
                                   v1::RegisterInstitutionResponse* response) override;
  grpc::Status ListInstitutions(grpc::ServerContext* context, const v1::ListInstitutionsRequest* request,
                                v1::ListInstitutionsResponse* response) override;
  grpc::Status ChangeInstitution(grpc::ServerContext* context, const v1::ChangeInstitutionRequest* request,
                                 v1::ChangeInstitutionResponse* response) override;
  grpc::Status MoveInstitution(grpc::ServerContext* context, const v1::MoveInstitutionRequest* request,
                               v1::MoveInstitutionResponse* response) override;
  grpc::Status SetStartDate(grpc::ServerContext* context, const v1::SetStartDateRequest* request,
                            v1::SetStartDateResponse* response) override;
  grpc::Status ListNotices(grpc::ServerContext* context, const v1::ListNoticesRequest* request,
                           v1::ListNoticesResponse* response) override;

 private:
  Guard& guard_;
  account::Institutions& institutions_;
};

}  // namespace madoguchi::console
