// SPDX-License-Identifier: Apache-2.0
#include "server/console_side.h"

#include "contract/channel_credentials.h"
#include "server/account/desk_admin.h"
#include "server/console/account_service.h"
#include "server/console/application_service.h"
#include "server/console/approval_service.h"
#include "server/console/call_service.h"
#include "server/console/console_listener.h"
#include "server/console/desk_admin_service.h"
#include "server/console/facility_service.h"
#include "server/console/guard.h"
#include "server/console/handoff_service.h"
#include "server/console/maintenance_service.h"
#include "server/console/method_service.h"
#include "server/console/session_service.h"
#include "server/console/sessions.h"
#include "server/console/sheet_calls.h"
#include "server/console/staff_service.h"
#include "server/console/trail_export_service.h"
#include "server/console/trail_keeping_service.h"
#include "server/console/trail_review_service.h"
#include "server/console/user_service.h"
#include "server/console/users.h"

namespace madoguchi::app {

struct ConsoleSide::Parts {
  explicit Parts(const Given& given)
      : guard({given.store.sessions(), given.store.approvals(), given.store.trail()}),
        lasting_hash(given.keyed_hash.First()),
        sessions({given.store.sessions(), lasting_hash, given.seal}, {given.config.account_password_length_min}),
        users(given.store.users(), given.seal),
        desk_admin({given.store.desks(), given.accounts.releases, *given.accounts.national, given.enrolment_address,
                    given.root_sha256}),
        sheet_calls({guard, given.store.sheets(), given.store.trail(), given.seal, lasting_hash}),
        session_service(guard, sessions),
        user_service(guard, users),
        approval_service({guard, given.store.approvals(), sessions.proof(), given.accounts.break_glass}),
        facility_service(guard, given.accounts.institutions),
        application_service(guard, given.accounts.applications),
        account_service(
            {guard, given.accounts.acts,
             [&break_glass = given.accounts.break_glass](const console::Caller& caller, const std::string& code,
                                                         const std::string& act, Deadline deadline) {
               return break_glass.Use(code, caller.user_id, act, deadline);
             },
             [this](grpc::ServerContext* context, grpc::ServerReader<v1::ImportSheetsRequest>* reader,
                    v1::ImportSheetsResponse* response) { return sheet_calls.ImportSheets(context, reader, response); },
             [this](grpc::ServerContext* context, const v1::PrintSheetsRequest* request,
                    grpc::ServerWriter<v1::PrintSheetsResponse>* writer) {
               return sheet_calls.PrintSheets(context, request, writer);
             }}),
        call_service(guard, given.store.calls()),
        handoff_service({guard, given.store.kept_results(), given.handoffs.results,
                         [&handoffs = given.handoffs] { handoffs.Wake(); }}),
        review_service({guard, given.store.review(), given.store.trail(), given.keyed_hash}),
        export_service({guard, given.store.tree(), given.store.trail(), given.trail.key(),
                        [&trail = given.trail] { return trail.state(); }}),
        keeping_service(guard, given.store.keeping(), static_cast<int>(given.config.audit_retention_years)),
        maintenance_service(guard, given.store.maintenance()),
        method_service(guard, given.store.methods()),
        staff_service(guard, given.accounts.operators),
        desk_admin_service({guard, desk_admin, given.store.certificates(), given.connected}) {}

  console::Guard guard;
  const audit::KeyedHash lasting_hash;  // of codes that must be found after the key was changed
  console::Sessions sessions;
  console::Users users;
  account::DeskAdmin desk_admin;
  console::SheetCalls sheet_calls;
  console::SessionService session_service;
  console::UserService user_service;
  console::ApprovalService approval_service;
  console::FacilityService facility_service;
  console::ApplicationService application_service;
  console::AccountService account_service;
  console::CallService call_service;
  console::HandoffService handoff_service;
  console::TrailReviewService review_service;
  console::TrailExportService export_service;
  console::TrailKeepingService keeping_service;
  console::MaintenanceService maintenance_service;
  console::MethodService method_service;
  console::StaffService staff_service;
  console::DeskAdminService desk_admin_service;
  std::unique_ptr<console::ConsoleListener> listener;  // last: it uses all of the above
};

ConsoleSide::ConsoleSide(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
ConsoleSide::~ConsoleSide() = default;

Result<std::unique_ptr<ConsoleSide>> ConsoleSide::Start(const Given& given) {
  auto parts = std::make_unique<Parts>(given);
  const identity::IdentityFiles files(given.config.identity_directory);
  TRY_ASSIGN(auto credentials, wire::ServerCredentials({files.root, files.server, files.server_key}, true));
  TRY_ASSIGN(parts->listener,
             console::ConsoleListener::Start(
                 given.config.console_listen.Text(), std::move(credentials),
                 {&parts->session_service, &parts->user_service, &parts->approval_service, &parts->facility_service,
                  &parts->application_service, &parts->account_service, &parts->call_service, &parts->handoff_service,
                  &parts->maintenance_service, &parts->review_service, &parts->export_service, &parts->keeping_service,
                  &parts->method_service, &parts->staff_service, &parts->desk_admin_service}));
  return std::unique_ptr<ConsoleSide>(new ConsoleSide(std::move(parts)));
}

int ConsoleSide::port() const {
  return parts_->listener->port();
}

void ConsoleSide::Stop() {
  parts_->listener->Shutdown(console::kShutdownWithin);
}

}  // namespace madoguchi::app
