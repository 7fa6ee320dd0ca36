// SPDX-License-Identifier: Apache-2.0
#include "server/console/staff_service.h"

#include "server/console/problems_wire.h"

namespace madoguchi::console {
namespace {

void Fill(const account::StaffRow& row, bool with_name, v1::StaffMember& member) {
  member.set_staff_code(row.staff_code);
  if (with_name) member.set_name(row.name);
  member.set_active(row.active);
  member.set_pin_must_change(row.pin_must_change);
  member.set_locked_until(row.locked_until);
}

}  // namespace

grpc::Status StaffService::List(grpc::ServerContext* context, const v1::ListStaffRequest* request,
                                v1::ListStaffResponse* response) {
  return guard_.Serve(*context, "StaffService/List", *request,
                      [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
                        TRY_ASSIGN(const account::Roster roster, operators_.List(deadline));
                        for (const account::StaffRow& row : roster.staff)
                          Fill(row, caller.role == v1::ROLE_ADMINISTRATOR, *response->add_staff());
                        response->set_roster_max(roster.most);
                        return {};
                      });
}

grpc::Status StaffService::Add(grpc::ServerContext* context, const v1::AddStaffRequest* request,
                               v1::AddStaffResponse* response) {
  return guard_.Serve(
      *context, "StaffService/Add", *request,
      [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
        account::Problems problems;
        Result<std::string> pin =
            operators_.Add(request->staff_code(), request->name(), caller.user_id, problems, deadline);
        refused.problems = ProblemsOnWire(problems);
        if (!pin) return std::move(pin).error();
        Fill({request->staff_code(), request->name(), true, true, {}}, true, *response->mutable_staff());
        response->set_first_pin(std::move(pin).value());
        return {};
      });
}

grpc::Status StaffService::Remove(grpc::ServerContext* context, const v1::RemoveStaffRequest* request,
                                  v1::RemoveStaffResponse* /*response*/) {
  return guard_.Serve(*context, "StaffService/Remove", *request,
                      [&](const Caller& caller, Deadline deadline, Refused&) {
                        return operators_.Remove(request->staff_code(), caller.user_id, deadline);
                      });
}

grpc::Status StaffService::ResetPin(grpc::ServerContext* context, const v1::ResetStaffPinRequest* request,
                                    v1::ResetStaffPinResponse* response) {
  return guard_.Serve(*context, "StaffService/ResetPin", *request,
                      [&](const Caller& caller, Deadline deadline, Refused&) -> Result<void> {
                        TRY_ASSIGN(std::string pin,
                                   operators_.ResetPin(request->staff_code(), caller.user_id, deadline));
                        response->set_first_pin(std::move(pin));
                        return {};
                      });
}

}  // namespace madoguchi::console
