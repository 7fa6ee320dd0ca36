// SPDX-License-Identifier: Apache-2.0
#include "server/console/application_service.h"

#include "server/console/problems_wire.h"

namespace madoguchi::console {
namespace {

using account::Application;
using account::Problems;

static_assert(static_cast<int>(account::ApplicationKind::kUse) + 1 == v1::USE &&
              static_cast<int>(account::ApplicationKind::kStartOfOperation) + 1 == v1::START_OF_OPERATION);
static_assert(static_cast<int>(account::ApplicationState::kDraft) + 1 == v1::DRAFT &&
              static_cast<int>(account::ApplicationState::kRecorded) + 1 == v1::RECORDED);

v1::ApplicationState OnWire(account::ApplicationState state) {
  return static_cast<v1::ApplicationState>(static_cast<int>(state) + 1);
}

void Fill(const Application& from, v1::Application& to) {
  to.set_application_id(from.application_id);
  to.set_number(from.number);
  to.set_institution_code(from.institution_code);
  to.set_kind(static_cast<v1::ApplicationKind>(static_cast<int>(from.kind) + 1));
  to.set_state(OnWire(from.state));
  to.set_applicant(from.applicant);
  to.set_staff_count(from.staff_count);
  to.set_devices(from.devices);
  to.set_terms_version(from.terms_version);
  to.set_proof_by_bank_account(from.proof_by_bank_account);
  to.set_receipt(from.receipt);
  to.set_reason(from.reason);
  to.set_effective_on(from.effective_on);
  to.set_created_at(from.created_at);
  to.set_decided_at(from.decided_at);
  to.set_accounts_issued(from.accounts_issued);
  to.set_accounts_in_use(from.accounts_in_use);
  to.set_accounts_free(from.accounts_free);
  for (const account::ApplicationStep& step : from.history) {
    v1::ApplicationStep& shown = *to.add_history();
    shown.set_at(step.at);
    shown.set_state(OnWire(step.state));
    shown.set_by(step.by);
    shown.set_note(step.note);
  }
  for (const std::string& name : from.attachments) to.add_attachments(name);
}

// FIELD_INVALID with a problem of "kind".
Result<account::ApplicationKind> KindOf(v1::ApplicationKind kind, Problems& problems) {
  if (kind >= v1::USE && kind <= v1::START_OF_OPERATION)
    return static_cast<account::ApplicationKind>(static_cast<int>(kind) - 1);
  problems.push_back({"kind", "申請の種類を選んでください。", "Choose the kind of application.", false});
  return Error{ErrorCode::kFieldInvalid, "kind", {}};
}

// Hands `act`'s application and problems to the caller.
template <class Response, class ActOfCaller>
Guard::Act ThenShow(Response& response, ActOfCaller act) {
  return [&response, act = std::move(act)](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
    Problems problems;
    auto application = act(caller, problems, deadline);
    refused.problems = ProblemsOnWire(problems);
    if (!application.ok()) return std::move(application).error();
    Fill(*application, *response.mutable_application());
    return {};
  };
}

}  // namespace

grpc::Status ApplicationService::Apply(grpc::ServerContext* context, const v1::ApplyRequest* request,
                                       v1::ApplyResponse* response) {
  const auto act = [&](const Caller& caller, Problems& problems, Deadline deadline) -> Result<Application> {
    account::ApplicationRequest asked;
    TRY_ASSIGN(asked.kind, KindOf(request->kind(), problems));
    asked.request_id = request->request_id();
    asked.institution_code = request->institution_code();
    asked.applicant = request->applicant();
    asked.bank_last4 = request->bank_account_last4();
    for (const v1::Attachment& file : request->attachments())
      asked.attachments.push_back({file.file_name(), {}, Bytes(file.content().begin(), file.content().end())});
    asked.staff_count = request->staff_count();
    asked.devices = request->devices();
    asked.terms_version = request->terms_version();
    asked.effective_on = request->effective_on();
    asked.by = caller.user_id;
    return applications_.Apply(std::move(asked), problems, deadline);
  };
  return guard_.Serve(*context, "ApplicationService/Apply", *request, ThenShow(*response, act));
}

grpc::Status ApplicationService::Record(grpc::ServerContext* context, const v1::RecordApplicationRequest* request,
                                        v1::RecordApplicationResponse* response) {
  const auto act = [&](const Caller& caller, Problems& problems, Deadline deadline) -> Result<Application> {
    TRY_ASSIGN(const account::ApplicationKind kind, KindOf(request->kind(), problems));
    return applications_.Record({request->institution_code(), kind, request->applicant(), request->staff_count(),
                                 request->devices(), request->made_on(), request->answered_on(), request->accepted(),
                                 request->reason(), request->receipt(), caller.user_id},
                                problems, deadline);
  };
  return guard_.Serve(*context, "ApplicationService/Record", *request, ThenShow(*response, act));
}

grpc::Status ApplicationService::List(grpc::ServerContext* context, const v1::ListApplicationsRequest* request,
                                      v1::ListApplicationsResponse* response) {
  return guard_.Serve(*context, "ApplicationService/List", *request,
                      [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
                        std::vector<std::string> codes = caller.institution_codes;
                        if (!request->institution_code().empty()) codes = {request->institution_code()};
                        TRY_ASSIGN(const std::vector<Application> applications, applications_.List(codes, deadline));
                        for (const Application& application : applications)
                          Fill(application, *response->add_applications());
                        return {};
                      });
}

grpc::Status ApplicationService::Withdraw(grpc::ServerContext* context, const v1::WithdrawApplicationRequest* request,
                                          v1::WithdrawApplicationResponse* response) {
  const auto act = [&](const Caller& caller, Problems&, Deadline deadline) -> Result<Application> {
    return applications_.Withdraw(request->institution_code(), request->application_id(), caller.user_id, deadline);
  };
  return guard_.Serve(*context, "ApplicationService/Withdraw", *request, ThenShow(*response, act));
}

}  // namespace madoguchi::console
