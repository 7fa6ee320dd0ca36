// SPDX-License-Identifier: Apache-2.0
// Store: what app needs of this module, in one header without pqxx. Migrations (migrations.h) and desks (desk_seed.h)
// take the owner's connection and are commands of their own; a serving process opens one Store with the server's role
// and hands out its seams. Thread: Open and the destructor on one thread; the seams from any. The Store owns two
// threads (the trail's writer, the answer limit) and up to `pool_connections` + 1 connections. Ownership: the seams
// live as long as the Store; every call into them has returned before it ends.
#pragma once
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <string>

#include "contract/deadline.h"
#include "contract/result.h"
#include "server/account/accounts.h"
#include "server/account/activations.h"
#include "server/account/application_book.h"
#include "server/account/desks.h"
#include "server/account/institution_book.h"
#include "server/account/log_ins.h"
#include "server/account/mail_book.h"
#include "server/account/release_book.h"
#include "server/account/sheet_book.h"
#include "server/account/staff_book.h"
#include "server/audit/review_book.h"
#include "server/audit/sink.h"
#include "server/audit/trail.h"
#include "server/audit/tree_store.h"
#include "server/check/method_book.h"
#include "server/console/approval_book.h"
#include "server/console/break_glass.h"
#include "server/console/keeping_book.h"
#include "server/console/maintenance_book.h"
#include "server/console/session_book.h"
#include "server/console/user_book.h"
#include "server/desk/directory.h"
#include "server/eligibility/call_book.h"
#include "server/handoff/kept_book.h"
#include "server/handoff/name_book.h"
#include "server/identity/certificate_book.h"
#include "server/store/desk_seed.h"
#include "server/store/migrations.h"
#include "server/store/root_acts.h"
#include "server/store/schema.h"

namespace madoguchi::store {

class AnswerLimit;
class PgAccounts;
class PgActivations;
class PgApprovals;
class PgBreakGlass;
class PgCalls;
class PgCertificates;
class PgDesks;
class PgDirectory;
class PgKeptResults;
class PgLogIns;
class PgNotifications;
class PgPool;
class PgReleases;
class PgReview;
class PgSessions;
class PgSheets;
class PgStaff;
class PgTrail;
class PgTree;
class PgTrailKeeping;
class PgApplications;
class PgFacilities;
class PgMail;
class PgMaintenance;
class PgMethods;
class PgNames;
class PgScreenReports;
class PgUsers;

struct StoreOptions {
  std::string server_url;            // libpq connection string or URI; logs in as kServerRole
  std::string owner;                 // this server process, as it stands in the trail
  std::size_t pool_connections = 8;  // kPoolConnectionsDefault; at most kPoolConnectionsMax
  console::SessionTimes console_sessions = {};
};

class Store {
 public:
  // Refuses what CheckSchema refuses.
  static Result<std::unique_ptr<Store>> Open(const StoreOptions& options);
  ~Store();
  Store(const Store&) = delete;
  Store& operator=(const Store&) = delete;

  audit::Trail& trail();
  audit::TreeStore& tree();
  desk::Directory& directory();
  account::Activations& activations();
  account::Desks& desks();
  account::Accounts& accounts();
  account::LogIns& log_ins();
  account::StaffBook& staff();
  account::ReleaseBook& releases();
  account::SheetBook& sheets();
  identity::CertificateBook& certificates();

  // From now on `changed` is told which desk was changed, by whichever server or person (empty: it may be any), and
  // is_alive means something; once, before the first is_alive. pg_notifications.h says the rest. `changed` must not
  // wait; it is not called any more once StopListening has returned, or what is given back is gone.
  [[nodiscard]] std::shared_ptr<void> Listen(std::function<void(const std::string& desk_id)> changed);
  void StopListening();
  // False: for 5 s the database has given no answer, or nobody listens.
  bool is_alive() const;

  console::SessionBook& sessions();
  console::ApprovalBook& approvals();
  console::BreakGlassBook& break_glass();
  console::UserBook& users();
  account::InstitutionBook& institutions();
  account::ApplicationBook& applications();
  account::MailBook& mails();
  check::MethodBook& methods();
  handoff::NameBook& names();
  handoff::KeptBook& kept_results();
  eligibility::CallBook& calls();
  console::MaintenanceBook& maintenance();
  // A desk's report about its screen (pg_screen_reports.h).
  Result<void> RecordScreenReport(const Bytes& report_id, const audit::Event& event, Deadline deadline);
  // What this server was started with (settings_seen.h).
  Result<void> RecordSettings(const std::string& server, const std::map<std::string, std::string>& hashes,
                              Deadline deadline);
  audit::ReviewBook& review();
  console::KeepingBook& keeping();
  // name: of the follower (pg_sink.h). It ends before the Store.
  std::unique_ptr<audit::SinkBook> Sink(const std::string& name);
  // Ends presses that nobody will (abandoned_presses.h). True: nothing more to end now.
  Result<bool> EndAbandonedPresses(Deadline deadline);
  // Month partitions of the trail, made ahead; how many were (trail_partitions.h).
  Result<int> MakePartitionsAhead(std::chrono::seconds within);
  // Until then every moment has its partition.
  Result<std::chrono::system_clock::time_point> PartitionsUntil(Deadline deadline);
  // One trip to the database and back, for health. DATABASE_BUSY · DATABASE_UNREACHABLE.
  Result<void> Ping(Deadline deadline);

 private:
  explicit Store(const StoreOptions& options);
  const std::string server_url_, owner_;
  std::unique_ptr<AnswerLimit> limit_;
  std::unique_ptr<PgPool> pool_;
  std::unique_ptr<PgDirectory> directory_;
  std::unique_ptr<PgTrail> trail_;
  std::unique_ptr<PgActivations> activations_;
  std::unique_ptr<PgDesks> desks_;
  std::unique_ptr<PgAccounts> accounts_;
  std::unique_ptr<PgLogIns> log_ins_;
  std::unique_ptr<PgStaff> staff_;
  std::unique_ptr<PgReleases> releases_;
  std::unique_ptr<PgSheets> sheets_;
  std::unique_ptr<PgCertificates> certificates_;
  std::unique_ptr<PgNotifications> notifications_;
  std::unique_ptr<PgSessions> sessions_;
  std::unique_ptr<PgApprovals> approvals_;
  std::unique_ptr<PgBreakGlass> break_glass_;
  std::unique_ptr<PgUsers> users_;
  std::unique_ptr<PgFacilities> institutions_;
  std::unique_ptr<PgApplications> applications_;
  std::unique_ptr<PgMail> mails_;
  std::unique_ptr<PgMethods> methods_;
  std::unique_ptr<PgNames> names_;
  std::unique_ptr<PgKeptResults> kept_results_;
  std::unique_ptr<PgCalls> calls_;
  std::unique_ptr<PgMaintenance> maintenance_;
  std::unique_ptr<PgScreenReports> screen_reports_;
  std::unique_ptr<PgTree> tree_;
  std::unique_ptr<PgPool> reading_;  // of review_ alone
  std::unique_ptr<PgReview> review_;
  std::unique_ptr<PgTrailKeeping> keeping_;
};

}  // namespace madoguchi::store
