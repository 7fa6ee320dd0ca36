// SPDX-License-Identifier: Apache-2.0
// The other end of madoguchi-admin's connection: a gRPC server with the facility CA's own certificates and mutual
// TLS 1.3 on a free port of 127.0.0.1. Its services keep what they were asked and answer as a test says. Thread: the
// test's; read what was asked after the call has ended.
#pragma once
#include <grpcpp/server.h>

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "admin/cli/settings.h"
#include "madoguchi/v1/account_service.grpc.pb.h"
#include "madoguchi/v1/approval_service.grpc.pb.h"
#include "madoguchi/v1/call_service.grpc.pb.h"
#include "madoguchi/v1/desk_admin_service.grpc.pb.h"
#include "madoguchi/v1/facility_service.grpc.pb.h"
#include "madoguchi/v1/handoff_service.grpc.pb.h"
#include "madoguchi/v1/method_service.grpc.pb.h"
#include "madoguchi/v1/session_service.grpc.pb.h"
#include "madoguchi/v1/trail_review_service.grpc.pb.h"
#include "tests/proto/contract/test_folder.h"

namespace madoguchi::cli {

struct Sessions final : v1::SessionService::Service {
  grpc::Status LogIn(grpc::ServerContext* context, const v1::ConsoleLogInRequest* request,
                     v1::ConsoleLogInResponse* response) override;
  grpc::Status WhoAmI(grpc::ServerContext* context, const v1::WhoAmIRequest* request,
                      v1::WhoAmIResponse* response) override;
  grpc::Status LogOut(grpc::ServerContext* context, const v1::ConsoleLogOutRequest* request,
                      v1::ConsoleLogOutResponse* response) override;
  std::string password, code, token_with_log_in, token_with_who_am_i;
};

struct Facilities final : v1::FacilityService::Service {
  grpc::Status ListInstitutions(grpc::ServerContext* context, const v1::ListInstitutionsRequest* request,
                                v1::ListInstitutionsResponse* response) override;
  std::vector<std::string> codes = {"1311234567"};
};

struct Accounts final : v1::AccountService::Service {
  grpc::Status ImportSheets(grpc::ServerContext* context, grpc::ServerReader<v1::ImportSheetsRequest>* reader,
                            v1::ImportSheetsResponse* response) override;
  grpc::Status PrintSheets(grpc::ServerContext* context, const v1::PrintSheetsRequest* request,
                           grpc::ServerWriter<v1::PrintSheetsResponse>* writer) override;
  grpc::Status Unlock(grpc::ServerContext* context, const v1::UnlockAccountRequest* request,
                      v1::UnlockAccountResponse* response) override;
  grpc::Status SetNote(grpc::ServerContext* context, const v1::SetAccountNoteRequest* request,
                       v1::SetAccountNoteResponse* response) override;
  std::vector<v1::ImportHeader> imports;                   // one per call
  std::vector<std::pair<std::string, std::string>> files;  // of the last one
  v1::SetAccountNoteRequest noted;
};

// One approval, "approval-1", waits.
struct Approvals final : v1::ApprovalService::Service {
  grpc::Status List(grpc::ServerContext* context, const v1::ListApprovalsRequest* request,
                    v1::ListApprovalsResponse* response) override;
  grpc::Status Approve(grpc::ServerContext* context, const v1::ApproveRequest* request,
                       v1::ApproveResponse* response) override;
  v1::ApproveRequest approved;
};

struct Desks final : v1::DeskAdminService::Service {
  grpc::Status Prepare(grpc::ServerContext* context, const v1::PrepareDesksRequest* request,
                       grpc::ServerWriter<v1::PrepareDesksResponse>* writer) override;
  grpc::Status List(grpc::ServerContext* context, const v1::ListDesksRequest* request,
                    v1::ListDesksResponse* response) override;
  v1::PrepareDesksRequest asked;
  int listed = 0;  // every list finds one more desk active
};

// One rule, number 7, and one desk that may do nothing now.
struct Methods final : v1::MethodService::Service {
  grpc::Status List(grpc::ServerContext* context, const v1::ListMethodRulesRequest* request,
                    v1::ListMethodRulesResponse* response) override;
  grpc::Status Add(grpc::ServerContext* context, const v1::AddMethodRuleRequest* request,
                   v1::AddMethodRuleResponse* response) override;
  grpc::Status Remove(grpc::ServerContext* context, const v1::RemoveMethodRuleRequest* request,
                      v1::RemoveMethodRuleResponse* response) override;
  grpc::Status SetZone(grpc::ServerContext* context, const v1::SetZoneRequest* request,
                       v1::SetZoneResponse* response) override;
  v1::MethodRule added;
  std::int64_t removed = 0;
  v1::SetZoneRequest zone;
};

// Two calls, an answered check and one whose outcome was told later; there are more.
struct Calls final : v1::CallService::Service {
  grpc::Status Search(grpc::ServerContext* context, const v1::SearchCallsRequest* request,
                      v1::SearchCallsResponse* response) override;
  v1::SearchCallsRequest asked;
  int count = 0;
};

// One result that was refused, number 7, and one that was delivered as a file; there are more.
struct Handoffs final : v1::HandoffService::Service {
  grpc::Status List(grpc::ServerContext* context, const v1::ListHandoffRequest* request,
                    v1::ListHandoffResponse* response) override;
  grpc::Status Retry(grpc::ServerContext* context, const v1::RetryHandoffRequest* request,
                     v1::RetryHandoffResponse* response) override;
  grpc::Status Discard(grpc::ServerContext* context, const v1::DiscardHandoffRequest* request,
                       v1::DiscardHandoffResponse* response) override;
  v1::ListHandoffRequest asked;
  std::int64_t retried = 0, discarded = 0;
};

// One row, number 7, and there are more; one saved search, "回答". An export has three rows in two pieces and breaks
// behind the first when `breaks`.
struct Reviews final : v1::TrailReviewService::Service {
  grpc::Status Search(grpc::ServerContext* context, const v1::SearchTrailRequest* request,
                      v1::SearchTrailResponse* response) override;
  grpc::Status Timeline(grpc::ServerContext* context, const v1::ReadTimelineRequest* request,
                        v1::ReadTimelineResponse* response) override;
  grpc::Status Subject(grpc::ServerContext* context, const v1::ReadSubjectRequest* request,
                       v1::ReadSubjectResponse* response) override;
  grpc::Status WithoutSubject(grpc::ServerContext* context, const v1::CountWithoutSubjectRequest* request,
                              v1::CountWithoutSubjectResponse* response) override;
  grpc::Status Rights(grpc::ServerContext* context, const v1::ReadRightsRequest* request,
                      v1::ReadRightsResponse* response) override;
  grpc::Status Report(grpc::ServerContext* context, const v1::MakeTrailReportRequest* request,
                      v1::MakeTrailReportResponse* response) override;
  grpc::Status MarkReviewed(grpc::ServerContext* context, const v1::MarkReviewedRequest* request,
                            v1::MarkReviewedResponse* response) override;
  grpc::Status SaveSearch(grpc::ServerContext* context, const v1::SaveTrailSearchRequest* request,
                          v1::SaveTrailSearchResponse* response) override;
  grpc::Status ListSearches(grpc::ServerContext* context, const v1::ListTrailSearchesRequest* request,
                            v1::ListTrailSearchesResponse* response) override;
  grpc::Status Export(grpc::ServerContext* context, const v1::ExportTrailSearchRequest* request,
                      grpc::ServerWriter<v1::ExportTrailSearchResponse>* writer) override;
  v1::SearchTrailRequest searched;
  v1::ReadTimelineRequest timeline;
  v1::ReadSubjectRequest subject;
  v1::CountWithoutSubjectRequest without;
  v1::MakeTrailReportRequest reported;
  v1::MarkReviewedRequest marked;
  v1::SaveTrailSearchRequest saved;
  v1::ExportTrailSearchRequest exported;
  std::string rights_of;
  int searches = 0;
  bool breaks = false;
};

class ConsoleEnd {
 public:
  ConsoleEnd();
  ~ConsoleEnd();
  ConsoleEnd(const ConsoleEnd&) = delete;
  ConsoleEnd& operator=(const ConsoleEnd&) = delete;
  Settings settings() const;
  // Runs the program with these arguments, a configuration file that names server and console folder, and --session.
  // secrets: lines for --secrets-fd.
  struct Ran {
    int status;
    std::string out, err;
  };
  Ran Run(const std::vector<std::string>& arguments, const std::string& secrets = {}) const;
  std::string File(const std::string& name) const { return folder_.File(name); }

  Sessions sessions;
  Facilities facilities;
  Accounts accounts;
  Approvals approvals;
  Desks desks;
  Methods methods;
  Calls calls;
  Handoffs handoffs;
  Reviews reviews;

 private:
  TestFolder folder_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

// A refusal as the server sends it.
grpc::Status Refusal(grpc::StatusCode status, const v1::CallRefusal& refusal);

}  // namespace madoguchi::cli
