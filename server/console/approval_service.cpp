// SPDX-License-Identifier: Apache-2.0
#include "server/console/approval_service.h"

#include "server/console/problems_wire.h"

namespace madoguchi::console {
namespace {

SecondPerson PersonOf(const Caller& caller) {
  return {caller.user_id, caller.institution_codes};
}

void Write(const ApprovalFacts& facts, v1::Approval& approval) {
  approval.set_approval_id(facts.approval_id);
  approval.set_method(facts.method);
  approval.set_summary_ja(facts.summary_ja);
  approval.set_summary_en(facts.summary_en);
  approval.set_proposer(facts.proposer);
  approval.set_approver(facts.approver);
  approval.set_proposed_at(facts.proposed_at);
  approval.set_expires_at(facts.expires_at);
  approval.set_state(facts.state);
}

void Write(const BreakGlassUse& facts, v1::BreakGlassUse& use) {
  use.set_use_id(facts.use_id);
  use.set_used_by(facts.used_by);
  use.set_used_at(facts.used_at);
  use.set_act(facts.act);
  use.set_review_due(facts.review_due);
  use.set_reviewed_by(facts.reviewed_by);
  use.set_reviewed_at(facts.reviewed_at);
}

}  // namespace

grpc::Status ApprovalService::List(grpc::ServerContext* context, const v1::ListApprovalsRequest* request,
                                   v1::ListApprovalsResponse* response) {
  return parts_.guard.Serve(*context, "ApprovalService/List", *request,
                            [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
                              TRY_ASSIGN(const std::vector<ApprovalFacts> all,
                                         parts_.approvals.List(PersonOf(caller), deadline));
                              for (const ApprovalFacts& facts : all) Write(facts, *response->add_approvals());
                              return {};
                            });
}

grpc::Status ApprovalService::Approve(grpc::ServerContext* context, const v1::ApproveRequest* request,
                                      v1::ApproveResponse* response) {
  return parts_.guard.Serve(*context, "ApprovalService/Approve", *request,
                            [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
                              TRY_VOID(parts_.proof.FreshTotp(parts_.proof.ClaimOf(caller.user_id), request->code(),
                                                              deadline, refused.retry_after));
                              TRY_ASSIGN(
                                  const ApprovalFacts facts,
                                  parts_.approvals.Decide(request->approval_id(), PersonOf(caller), true, deadline));
                              Write(facts, *response->mutable_approval());
                              return {};
                            });
}

grpc::Status ApprovalService::Refuse(grpc::ServerContext* context, const v1::RefuseApprovalRequest* request,
                                     v1::RefuseApprovalResponse* response) {
  return parts_.guard.Serve(*context, "ApprovalService/Refuse", *request,
                            [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
                              TRY_ASSIGN(
                                  const ApprovalFacts facts,
                                  parts_.approvals.Decide(request->approval_id(), PersonOf(caller), false, deadline));
                              Write(facts, *response->mutable_approval());
                              return {};
                            });
}

grpc::Status ApprovalService::MakeBreakGlassCodes(grpc::ServerContext* context,
                                                  const v1::MakeBreakGlassCodesRequest* request,
                                                  v1::MakeBreakGlassCodesResponse* response) {
  return parts_.guard.Serve(*context, "ApprovalService/MakeBreakGlassCodes", *request,
                            [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
                              TRY_ASSIGN(const std::vector<std::string> codes,
                                         parts_.break_glass.Make(caller.user_id, caller.approval, deadline));
                              for (const std::string& code : codes) response->add_codes(code);
                              return {};
                            });
}

grpc::Status ApprovalService::ListBreakGlassUses(grpc::ServerContext* context,
                                                 const v1::ListBreakGlassUsesRequest* request,
                                                 v1::ListBreakGlassUsesResponse* response) {
  return parts_.guard.Serve(*context, "ApprovalService/ListBreakGlassUses", *request,
                            [&](const Caller&, Deadline deadline, Refused&) -> Result<void> {
                              TRY_ASSIGN(const std::vector<BreakGlassUse> uses, parts_.break_glass.List(deadline));
                              for (const BreakGlassUse& use : uses) Write(use, *response->add_uses());
                              return {};
                            });
}

grpc::Status ApprovalService::ReviewBreakGlassUse(grpc::ServerContext* context,
                                                  const v1::ReviewBreakGlassUseRequest* request,
                                                  v1::ReviewBreakGlassUseResponse* response) {
  return parts_.guard.Serve(*context, "ApprovalService/ReviewBreakGlassUse", *request,
                            [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
                              account::Problems problems;
                              const Result<BreakGlassUse> use = parts_.break_glass.Review(
                                  request->use_id(), caller.user_id, request->finding(), deadline, problems);
                              refused.problems = ProblemsOnWire(problems);
                              if (!use.ok()) return use.error();
                              Write(*use, *response->mutable_use());
                              return {};
                            });
}

}  // namespace madoguchi::console
