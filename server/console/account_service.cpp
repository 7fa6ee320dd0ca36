// SPDX-License-Identifier: Apache-2.0
#include "server/console/account_service.h"

#include "server/console/problems_wire.h"

namespace madoguchi::console {
namespace {

using account::AccountAct;
using account::AccountFacts;
using account::Problems;

void Fill(const AccountFacts& facts, v1::Account& account) {
  account.set_account_id(facts.account_id);
  account.set_institution_code(facts.institution_code);
  account.set_state(static_cast<v1::AccountState>(static_cast<int>(facts.state) + 1));
  account.set_holder(static_cast<v1::AccountHolder>(static_cast<int>(facts.holder) + 1));
  account.set_desk_id(facts.desk_id);
  account.set_desk_name(facts.desk_name);
  account.set_note(facts.note);
  account.set_starts_on(facts.starts_on);
  account.set_ends_on(facts.ends_on);
  account.set_suspended_on(facts.suspended_on);
  account.set_last_used_at(facts.last_used_at);
  account.set_last_address(facts.last_address);
  account.set_terminal_version(facts.terminal_version);
  account.set_reader(facts.reader);
  account.set_certificate_expires_at(facts.certificate_expires_at);
  account.set_locked_until(facts.locked_until);
  account.set_national_locked_until(facts.national_locked_until);
  account.set_logged_in(facts.logged_in);
  account.set_application_number(facts.application_number);
  account.set_sealed_until(facts.sealed_until);
  account.set_activation_code_unused(facts.activation_code_unused);
}
static_assert(static_cast<int>(account::State::kIssued) + 1 == v1::ISSUED &&
              static_cast<int>(account::State::kEnded) + 1 == v1::ENDED);
static_assert(static_cast<int>(account::Holder::kDesk) + 1 == v1::DESK_HOLDER &&
              static_cast<int>(account::Holder::kSpare) + 1 == v1::SPARE_HOLDER);

template <class Request>
AccountAct ActOf(const Caller& caller, const Request& request, const std::string& reason = {}) {
  return {request.institution_code(), request.account_id(), caller.user_id, reason, caller.approval};
}

// Does `act` and shows the account as it is then.
template <class Request, class Response>
Guard::Act ThenShow(account::AccountActs& acts, const Request& request, Response& response,
                    std::function<Result<void>(const Caller&, Problems&, Deadline)> act) {
  return [&acts, &request, &response, act = std::move(act)](const Caller& caller, Deadline deadline,
                                                            Refused& refused) -> Result<void> {
    Problems problems;
    const Result<void> done = act(caller, problems, deadline);
    refused.problems = ProblemsOnWire(problems);
    TRY_VOID(done);
    TRY_ASSIGN(const AccountFacts facts, acts.Look(request.institution_code(), request.account_id(), deadline));
    Fill(facts, *response.mutable_account());
    return {};
  };
}

}  // namespace

grpc::Status AccountService::List(grpc::ServerContext* context, const v1::ListAccountsRequest* request,
                                  v1::ListAccountsResponse* response) {
  return parts_.guard.Serve(*context, "AccountService/List", *request,
                            [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
                              std::vector<std::string> codes = caller.institution_codes;
                              if (!request->institution_code().empty()) codes = {request->institution_code()};
                              TRY_ASSIGN(const std::vector<AccountFacts> accounts, parts_.acts.List(codes, deadline));
                              for (const AccountFacts& facts : accounts) Fill(facts, *response->add_accounts());
                              return {};
                            });
}

grpc::Status AccountService::Show(grpc::ServerContext* context, const v1::ShowAccountRequest* request,
                                  v1::ShowAccountResponse* response) {
  return parts_.guard.Serve(
      *context, "AccountService/Show", *request, [&](const Caller&, Deadline deadline, Refused&) -> Result<void> {
        TRY_ASSIGN(const AccountFacts facts,
                   parts_.acts.Show(request->institution_code(), request->account_id(), deadline));
        Fill(facts, *response->mutable_account());
        return {};
      });
}

grpc::Status AccountService::SetNote(grpc::ServerContext* context, const v1::SetAccountNoteRequest* request,
                                     v1::SetAccountNoteResponse* response) {
  return parts_.guard.Serve(
      *context, "AccountService/SetNote", *request,
      ThenShow(parts_.acts, *request, *response, [&](const Caller& caller, Problems& problems, Deadline deadline) {
        return parts_.acts.SetNote(ActOf(caller, *request), request->note(), problems, deadline);
      }));
}

grpc::Status AccountService::SetHolder(grpc::ServerContext* context, const v1::SetAccountHolderRequest* request,
                                       v1::SetAccountHolderResponse* response) {
  return parts_.guard.Serve(
      *context, "AccountService/SetHolder", *request,
      ThenShow(parts_.acts, *request, *response,
               [&](const Caller& caller, Problems& problems, Deadline deadline) -> Result<void> {
                 if (request->holder() < v1::DESK_HOLDER || request->holder() > v1::SPARE_HOLDER) {
                   problems.push_back({"holder", "窓口端末・スマートフォン・予備のどれかを選んでください。",
                                       "Choose desk, phone or spare."});
                   return Error{ErrorCode::kFieldInvalid, "holder", {}};
                 }
                 const auto holder = static_cast<account::Holder>(static_cast<int>(request->holder()) - 1);
                 return parts_.acts.SetHolder(ActOf(caller, *request), holder, problems, deadline);
               }));
}

grpc::Status AccountService::Suspend(grpc::ServerContext* context, const v1::SuspendAccountRequest* request,
                                     v1::SuspendAccountResponse* response) {
  return parts_.guard.Serve(
      *context, "AccountService/Suspend", *request,
      ThenShow(parts_.acts, *request, *response, [&](const Caller& caller, Problems& problems, Deadline deadline) {
        return parts_.acts.Suspend(ActOf(caller, *request, request->reason()), problems, deadline);
      }));
}

grpc::Status AccountService::Resume(grpc::ServerContext* context, const v1::ResumeAccountRequest* request,
                                    v1::ResumeAccountResponse* response) {
  return parts_.guard.Serve(
      *context, "AccountService/Resume", *request,
      ThenShow(parts_.acts, *request, *response, [&](const Caller& caller, Problems&, Deadline deadline) {
        return parts_.acts.Resume(ActOf(caller, *request), deadline);
      }));
}

grpc::Status AccountService::End(grpc::ServerContext* context, const v1::EndAccountRequest* request,
                                 v1::EndAccountResponse* response) {
  return parts_.guard.Serve(
      *context, "AccountService/End", *request,
      ThenShow(parts_.acts, *request, *response, [&](const Caller& caller, Problems& problems, Deadline deadline) {
        return parts_.acts.End(ActOf(caller, *request, request->reason()), problems, deadline);
      }));
}

grpc::Status AccountService::Unlock(grpc::ServerContext* context, const v1::UnlockAccountRequest* request,
                                    v1::UnlockAccountResponse* response) {
  return parts_.guard.Serve(
      *context, "AccountService/Unlock", *request,
      ThenShow(parts_.acts, *request, *response, [&](const Caller& caller, Problems&, Deadline deadline) {
        const auto permit = [&]() -> Result<void> {
          if (caller.Approved()) return {};
          return parts_.use_break_glass(caller, request->break_glass_code(),
                                        "AccountService/Unlock " + request->account_id(), deadline);
        };
        return parts_.acts.Unlock(ActOf(caller, *request), permit, deadline);
      }));
}

grpc::Status AccountService::Release(grpc::ServerContext* context, const v1::ReleaseAccountRequest* request,
                                     v1::ReleaseAccountResponse* response) {
  const grpc::Status status = parts_.guard.Serve(
      *context, "AccountService/Release", *request,
      ThenShow(parts_.acts, *request, *response, [&](const Caller& caller, Problems& problems, Deadline deadline) {
        return parts_.acts.Release(ActOf(caller, *request, request->reason()), problems, deadline);
      }));
  response->set_new_code_sealed(response->account().activation_code_unused() &&
                                !response->account().sealed_until().empty());
  return status;
}

grpc::Status AccountService::ImportSheets(grpc::ServerContext* context,
                                          grpc::ServerReader<v1::ImportSheetsRequest>* reader,
                                          v1::ImportSheetsResponse* response) {
  return parts_.import_sheets(context, reader, response);
}

grpc::Status AccountService::PrintSheets(grpc::ServerContext* context, const v1::PrintSheetsRequest* request,
                                         grpc::ServerWriter<v1::PrintSheetsResponse>* writer) {
  return parts_.print_sheets(context, request, writer);
}

}  // namespace madoguchi::console
