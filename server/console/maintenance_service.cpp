// SPDX-License-Identifier: Apache-2.0
#include "server/console/maintenance_service.h"

#include "server/account/text_fields.h"
#include "server/console/problems_wire.h"

namespace madoguchi::console {
namespace {

using account::Problems;

constexpr account::Field kCompany{"company", "保守業者", "company"};
constexpr account::Field kPlan{"plan", "作業の予定", "plan"};
constexpr account::Field kExpected{"expected_minutes", "予定時間(分)", "expected minutes"};
constexpr account::Field kDone{"done", "行った作業", "what was done"};

Result<void> Refusing(const Problems& problems, Refused& refused) {
  refused.problems = ProblemsOnWire(problems);
  if (account::Refuses(problems)) return Error{ErrorCode::kFieldInvalid, problems.front().field, {}};
  return {};
}

void Fill(const MaintenanceFacts& facts, v1::Maintenance& message) {
  message.set_number(facts.number);
  message.set_company(facts.company);
  message.set_plan(facts.plan);
  message.set_opened_by(facts.opened_by);
  message.set_opened_at(facts.opened_at);
  message.set_expected_until(facts.expected_until);
  message.set_closed_by(facts.closed_by);
  message.set_closed_at(facts.closed_at);
  message.set_done(facts.done);
  message.set_overdue(facts.overdue);
}

}  // namespace

grpc::Status MaintenanceService::List(grpc::ServerContext* context, const v1::ListMaintenanceRequest* request,
                                      v1::ListMaintenanceResponse* response) {
  return guard_.Serve(*context, "MaintenanceService/List", *request,
                      [&](const Caller&, Deadline deadline, Refused&) -> Result<void> {
                        TRY_ASSIGN(const auto all, book_.List(deadline));
                        for (const MaintenanceFacts& one : all) Fill(one, *response->add_maintenance());
                        return {};
                      });
}

grpc::Status MaintenanceService::Open(grpc::ServerContext* context, const v1::OpenMaintenanceRequest* request,
                                      v1::OpenMaintenanceResponse* response) {
  return guard_.Serve(*context, "MaintenanceService/Open", *request,
                      [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
                        Problems problems;
                        account::CheckText(problems, kCompany, request->company(), kCompanyCharactersMax);
                        account::CheckText(problems, kPlan, request->plan(), kPlanCharactersMax);
                        account::CheckNumber(problems, kExpected, request->expected_minutes(), kMaintenanceMin.count(),
                                             kMaintenanceMax.count());
                        TRY_VOID(Refusing(problems, refused));
                        TRY_ASSIGN(
                            const std::int64_t number,
                            book_.Open(request->company(), request->plan(),
                                       std::chrono::minutes(request->expected_minutes()), caller.user_id, deadline));
                        response->set_number(number);
                        return {};
                      });
}

grpc::Status MaintenanceService::Close(grpc::ServerContext* context, const v1::CloseMaintenanceRequest* request,
                                       v1::CloseMaintenanceResponse* /*response*/) {
  return guard_.Serve(*context, "MaintenanceService/Close", *request,
                      [&](const Caller& caller, Deadline deadline, Refused& refused) -> Result<void> {
                        Problems problems;
                        account::CheckText(problems, kDone, request->done(), kPlanCharactersMax);
                        TRY_VOID(Refusing(problems, refused));
                        return book_.Close(request->number(), request->done(), caller.user_id, deadline);
                      });
}

}  // namespace madoguchi::console
