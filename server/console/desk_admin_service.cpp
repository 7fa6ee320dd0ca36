// SPDX-License-Identifier: Apache-2.0
#include "server/console/desk_admin_service.h"

#include <algorithm>
#include <set>

#include "server/account/sheets/enrolment_sheet_pdf.h"
#include "server/console/problems_wire.h"
#include "server/console/stream_limit.h"

namespace madoguchi::console {
namespace {

Error Gone() {
  return {ErrorCode::kDeskGone, "the caller stopped listening", {}};
}

}  // namespace

void DeskAdminService::Fill(const account::DeskOverview& facts, v1::Desk& desk) const {
  desk.set_desk_id(facts.desk_id);
  desk.set_name(facts.name);
  desk.set_status(facts.status);
  desk.set_connected(parts_.connected && parts_.connected(facts.desk_id));
  desk.set_certificate_expires_at(facts.certificate_expires_at);
  for (const std::string& account_id : facts.account_ids) desk.add_account_ids(account_id);
  desk.set_activation(facts.activation);
  desk.set_created_at(facts.created_at);
  desk.set_last_seen_at(facts.last_seen_at);
  desk.set_terminal_version(facts.terminal_version);
  desk.set_replaces(facts.replaces);
}

Result<void> DeskAdminService::Send(const account::LinkedDesk& linked, bool links_only,
                                    grpc::ServerWriter<v1::PrepareDesksResponse>& writer) const {
  v1::PrepareDesksResponse first;
  Fill(linked.prepared.desk, *first.mutable_desk());
  TRY_ASSIGN(*first.mutable_link(), FormatEnrolmentLink(linked.link));
  if (!links_only) first.set_file_name(account::EnrolmentSheetFileName(linked.prepared.desk.desk_id));
  if (!writer.Write(first)) return Gone();
  if (links_only) return {};
  const account::PreparedDesk& prepared = linked.prepared;
  TRY_ASSIGN(const WipedBuffer sheet,
             account::WriteEnrolmentSheet({prepared.desk.name, prepared.institution_code, prepared.institution_name,
                                           prepared.account_id, prepared.valid_until, linked.link}));
  for (std::size_t at = 0; at < sheet.size(); at += kSheetChunkBytes) {
    const ByteView chunk = sheet.view().subspan(at, std::min(kSheetChunkBytes, sheet.size() - at));
    v1::PrepareDesksResponse part;
    part.mutable_desk()->set_desk_id(prepared.desk.desk_id);
    part.set_file_name(first.file_name());
    part.set_sheet(std::string(AsText(chunk)));
    if (!writer.Write(part)) return Gone();
  }
  return {};
}

grpc::Status DeskAdminService::List(grpc::ServerContext* context, const v1::ListDesksRequest* request,
                                    v1::ListDesksResponse* response) {
  return parts_.guard.Serve(*context, "DeskAdminService/List", *request,
                            [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
                              TRY_ASSIGN(const auto desks, parts_.desks.List(caller.institution_codes, deadline));
                              for (const account::DeskOverview& facts : desks) Fill(facts, *response->add_desks());
                              return {};
                            });
}

grpc::Status DeskAdminService::Prepare(grpc::ServerContext* context, const v1::PrepareDesksRequest* request,
                                       grpc::ServerWriter<v1::PrepareDesksResponse>* writer) {
  return parts_.guard.Serve(*context, "DeskAdminService/Prepare", *request,
                            [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
                              account::Problems problems;
                              const Result<std::vector<account::LinkedDesk>> linked =
                                  parts_.desks.Prepare({request->institution_code(),
                                                        {request->names().begin(), request->names().end()},
                                                        {request->account_ids().begin(), request->account_ids().end()},
                                                        request->valid_minutes(),
                                                        caller.user_id},
                                                       problems, deadline);
                              refused.problems = ProblemsOnWire(problems);
                              if (!linked) return linked.error();
                              const StreamLimit limit(*context, Deadline::In(kSheetsTakenWithin));
                              for (const account::LinkedDesk& desk : *linked)
                                TRY_VOID(Send(desk, request->links_only(), *writer));
                              return {};
                            });
}

grpc::Status DeskAdminService::Revoke(grpc::ServerContext* context, const v1::RevokeDeskRequest* request,
                                      v1::RevokeDeskResponse* response) {
  return parts_.guard.Serve(*context, "DeskAdminService/Revoke", *request,
                            [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
                              account::Problems problems;
                              const Result<account::DeskOverview> revoked = parts_.desks.Revoke(
                                  {request->desk_id(), request->reason(), caller.user_id, caller.institution_codes},
                                  problems, deadline);
                              refused.problems = ProblemsOnWire(problems);
                              if (!revoked) return revoked.error();
                              Fill(*revoked, *response->mutable_desk());
                              return {};
                            });
}

grpc::Status DeskAdminService::Replace(grpc::ServerContext* context, const v1::ReplaceDeskRequest* request,
                                       grpc::ServerWriter<v1::PrepareDesksResponse>* writer) {
  return parts_.guard.Serve(*context, "DeskAdminService/Replace", *request,
                            [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
                              account::Problems problems;
                              const Result<account::LinkedDesk> linked = parts_.desks.Replace(
                                  {request->desk_id(), request->reason(), caller.user_id, caller.institution_codes},
                                  request->new_name(), problems, deadline);
                              refused.problems = ProblemsOnWire(problems);
                              if (!linked) return linked.error();
                              const StreamLimit limit(*context, Deadline::In(kSheetsTakenWithin));
                              return Send(*linked, request->links_only(), *writer);
                            });
}

Result<std::vector<identity::OpenRenewal>> DeskAdminService::Renewals(const Caller& caller, Deadline deadline) const {
  TRY_ASSIGN(std::vector<identity::OpenRenewal> open, parts_.certificates.ListLate(deadline));
  if (caller.institution_codes.empty()) return open;
  TRY_ASSIGN(const auto desks, parts_.desks.List(caller.institution_codes, deadline));
  std::set<std::string> allowed;
  for (const account::DeskOverview& facts : desks) allowed.insert(facts.desk_id);
  std::erase_if(open, [&allowed](const identity::OpenRenewal& renewal) { return allowed.count(renewal.desk_id) == 0; });
  return open;
}

grpc::Status DeskAdminService::ListRenewals(grpc::ServerContext* context, const v1::ListRenewalsRequest* request,
                                            v1::ListRenewalsResponse* response) {
  return parts_.guard.Serve(*context, "DeskAdminService/ListRenewals", *request,
                            [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
                              TRY_ASSIGN(const auto open, Renewals(caller, deadline));
                              for (const identity::OpenRenewal& row : open) {
                                v1::Renewal& renewal = *response->add_renewals();
                                renewal.set_renewal_id(row.renewal_id);
                                renewal.set_desk_id(row.desk_id);
                                renewal.set_desk_name(row.desk_name);
                                renewal.set_requested_at(row.requested_at);
                                renewal.set_expired_at(row.expired_at);
                                renewal.set_fingerprint(GroupedHex(FromHex(row.key_sha256).value_or(Bytes{})));
                              }
                              return {};
                            });
}

grpc::Status DeskAdminService::ApproveRenewal(grpc::ServerContext* context, const v1::ApproveRenewalRequest* request,
                                              v1::ApproveRenewalResponse* /*response*/) {
  return parts_.guard.Serve(
      *context, "DeskAdminService/ApproveRenewal", *request,
      [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
        TRY_ASSIGN(const auto open, Renewals(caller, deadline));
        const bool is_open = std::any_of(open.begin(), open.end(), [&](const identity::OpenRenewal& row) {
          return row.renewal_id == request->renewal_id();
        });
        if (!is_open) return Error{ErrorCode::kChangedMeanwhile, "no open renewal of that id", {}};
        return parts_.certificates.DecideLate(request->renewal_id(), request->refuse(), caller.user_id, deadline);
      });
}

}  // namespace madoguchi::console
