// SPDX-License-Identifier: Apache-2.0
#include "server/store/store.h"

#include "server/store/abandoned_presses.h"
#include "server/store/answer_limit.h"
#include "server/store/pg_accounts.h"
#include "server/store/pg_activations.h"
#include "server/store/pg_applications.h"
#include "server/store/pg_approvals.h"
#include "server/store/pg_break_glass.h"
#include "server/store/pg_calls.h"
#include "server/store/pg_certificates.h"
#include "server/store/pg_desks.h"
#include "server/store/pg_directory.h"
#include "server/store/pg_facilities.h"
#include "server/store/pg_kept_results.h"
#include "server/store/pg_log_ins.h"
#include "server/store/pg_mail.h"
#include "server/store/pg_maintenance.h"
#include "server/store/pg_methods.h"
#include "server/store/pg_names.h"
#include "server/store/pg_notifications.h"
#include "server/store/pg_pool.h"
#include "server/store/pg_releases.h"
#include "server/store/pg_review.h"
#include "server/store/pg_screen_reports.h"
#include "server/store/pg_sessions.h"
#include "server/store/pg_sheets.h"
#include "server/store/pg_sink.h"
#include "server/store/pg_staff.h"
#include "server/store/pg_trail.h"
#include "server/store/pg_trail_keeping.h"
#include "server/store/pg_tree.h"
#include "server/store/pg_users.h"
#include "server/store/settings_seen.h"
#include "server/store/trail_partitions.h"

namespace madoguchi::store {

Store::Store(const StoreOptions& options)
    : server_url_(options.server_url),
      owner_(options.owner),
      limit_(std::make_unique<AnswerLimit>()),
      pool_(std::make_unique<PgPool>(options.server_url, options.pool_connections, *limit_)),
      directory_(std::make_unique<PgDirectory>(*pool_, options.owner)),
      trail_(std::make_unique<PgTrail>(options.server_url, options.owner, *limit_)),
      activations_(std::make_unique<PgActivations>(*pool_, options.owner)),
      desks_(std::make_unique<PgDesks>(*pool_, options.owner)),
      accounts_(std::make_unique<PgAccounts>(*pool_, options.owner)),
      log_ins_(std::make_unique<PgLogIns>(*pool_, options.owner)),
      staff_(std::make_unique<PgStaff>(*pool_, options.owner)),
      releases_(std::make_unique<PgReleases>(*pool_, options.owner)),
      sheets_(std::make_unique<PgSheets>(*pool_, options.owner)),
      certificates_(std::make_unique<PgCertificates>(*pool_, options.owner)),
      sessions_(std::make_unique<PgSessions>(*pool_, options.owner, options.console_sessions)),
      approvals_(std::make_unique<PgApprovals>(*pool_, options.owner)),
      break_glass_(std::make_unique<PgBreakGlass>(*pool_, options.owner)),
      users_(std::make_unique<PgUsers>(*pool_, options.owner)),
      institutions_(std::make_unique<PgFacilities>(*pool_, options.owner)),
      applications_(std::make_unique<PgApplications>(*pool_, options.owner)),
      mails_(std::make_unique<PgMail>(*pool_, options.owner)),
      methods_(std::make_unique<PgMethods>(*pool_, options.owner)),
      names_(std::make_unique<PgNames>(*pool_, options.owner)),
      kept_results_(std::make_unique<PgKeptResults>(*pool_, options.owner)),
      calls_(std::make_unique<PgCalls>(*pool_, options.owner)),
      maintenance_(std::make_unique<PgMaintenance>(*pool_, options.owner)),
      screen_reports_(std::make_unique<PgScreenReports>(*pool_, options.owner)),
      tree_(std::make_unique<PgTree>(options.server_url, *pool_)),
      reading_(std::make_unique<PgPool>(options.server_url, kReviewConnectionsMax, *limit_)),
      review_(std::make_unique<PgReview>(*reading_, options.owner)),
      keeping_(std::make_unique<PgTrailKeeping>(*pool_, options.owner)) {}

Store::~Store() = default;

Result<std::unique_ptr<Store>> Store::Open(const StoreOptions& options) {
  TRY_VOID(CheckSchema(options.server_url));
  return std::unique_ptr<Store>(new Store(options));
}

audit::Trail& Store::trail() {
  return *trail_;
}
desk::Directory& Store::directory() {
  return *directory_;
}
account::Desks& Store::desks() {
  return *desks_;
}
account::Activations& Store::activations() {
  return *activations_;
}
account::Accounts& Store::accounts() {
  return *accounts_;
}
account::LogIns& Store::log_ins() {
  return *log_ins_;
}
account::StaffBook& Store::staff() {
  return *staff_;
}
account::ReleaseBook& Store::releases() {
  return *releases_;
}
account::SheetBook& Store::sheets() {
  return *sheets_;
}

console::SessionBook& Store::sessions() {
  return *sessions_;
}
console::ApprovalBook& Store::approvals() {
  return *approvals_;
}
console::BreakGlassBook& Store::break_glass() {
  return *break_glass_;
}
account::InstitutionBook& Store::institutions() {
  return *institutions_;
}
account::ApplicationBook& Store::applications() {
  return *applications_;
}
account::MailBook& Store::mails() {
  return *mails_;
}
check::MethodBook& Store::methods() {
  return *methods_;
}
handoff::NameBook& Store::names() {
  return *names_;
}
audit::TreeStore& Store::tree() {
  return *tree_;
}
console::KeepingBook& Store::keeping() {
  return *keeping_;
}
audit::ReviewBook& Store::review() {
  return *review_;
}
eligibility::CallBook& Store::calls() {
  return *calls_;
}
handoff::KeptBook& Store::kept_results() {
  return *kept_results_;
}
console::UserBook& Store::users() {
  return *users_;
}

identity::CertificateBook& Store::certificates() {
  return *certificates_;
}

std::shared_ptr<void> Store::Listen(std::function<void(const std::string& desk_id)> changed) {
  notifications_ = std::make_unique<PgNotifications>(server_url_, *limit_, std::move(changed));
  return {notifications_.get(), [](PgNotifications* listening) { listening->Stop(); }};
}

void Store::StopListening() {
  if (notifications_) notifications_->Stop();
}

bool Store::is_alive() const {
  return notifications_ && notifications_->is_alive();
}

std::unique_ptr<audit::SinkBook> Store::Sink(const std::string& name) {
  return std::make_unique<PgSink>(server_url_, name, owner_, *pool_, *limit_);
}

console::MaintenanceBook& Store::maintenance() {
  return *maintenance_;
}

Result<void> Store::RecordScreenReport(const Bytes& report_id, const audit::Event& event, Deadline deadline) {
  return screen_reports_->Record(report_id, event, deadline);
}

Result<void> Store::RecordSettings(const std::string& server, const std::map<std::string, std::string>& hashes,
                                   Deadline deadline) {
  return store::RecordSettings(*pool_, owner_, server, hashes, deadline);
}

Result<bool> Store::EndAbandonedPresses(Deadline deadline) {
  return store::EndAbandonedPresses(*pool_, owner_, deadline);
}

Result<int> Store::MakePartitionsAhead(std::chrono::seconds within) {
  return store::MakePartitionsAhead(server_url_, within);
}

Result<std::chrono::system_clock::time_point> Store::PartitionsUntil(Deadline deadline) {
  return pool_->Run(deadline, [](pqxx::work& transaction) -> Result<std::chrono::system_clock::time_point> {
    return store::PartitionsUntil(transaction);
  });
}

Result<void> Store::Ping(Deadline deadline) {
  return pool_->Run(deadline, [](pqxx::work& transaction) -> Result<void> {
    transaction.exec("SELECT 1");
    return {};
  });
}

}  // namespace madoguchi::store
