// SPDX-License-Identifier: Apache-2.0
// The courier's side of PgApplications: what is due, and what the national side answered.
#include <algorithm>

#include "server/audit/event.h"
#include "server/store/application_rows.h"
#include "server/store/issued_accounts.h"
#include "server/store/pg_applications.h"
#include "server/store/tell_people.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

using account::ApplicationState;

constexpr char kNational[] = "national";

// Given to one process: the row is not due again before it should have come back with an answer.
constexpr char kTake[] = R"(
  UPDATE application SET polls = polls + 1, next_poll_at = clock_timestamp() + $1::int * interval '1 second'
  WHERE application_id = (SELECT application_id FROM application WHERE state = 'submitted' AND next_poll_at <= clock_timestamp()
                          ORDER BY next_poll_at LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING application_id, number, institution_code, kind, applicant, coalesce(staff_count, 0) AS staff_count, coalesce(devices, 0) AS devices,
    terms_version, effective_on, moves_to, encode(bank_last4_sealed, 'hex') AS bank, receipt, created_by, polls)";
constexpr char kFiles[] = R"(
  SELECT file_name, media_type, encode(content, 'hex') AS content FROM application_attachment
  WHERE application_id = $1::uuid ORDER BY number)";
constexpr char kLock[] = R"(
  SELECT state, number, institution_code, kind, devices, effective_on FROM application WHERE application_id = $1::uuid FOR UPDATE)";
constexpr char kReceived[] = R"(
  UPDATE application SET receipt = $2, next_poll_at = clock_timestamp() + $3::bigint * interval '1 millisecond'
  WHERE application_id = $1::uuid)";
constexpr char kLater[] = R"(
  UPDATE application SET next_poll_at = clock_timestamp() + $2::bigint * interval '1 millisecond'
  WHERE application_id = $1::uuid AND state = 'submitted')";
constexpr char kDecide[] = R"(
  UPDATE application SET state = $2, reason = NULLIF(left($3, 500), ''), decided_at = clock_timestamp(), next_poll_at = NULL
  WHERE application_id = $1::uuid)";
constexpr char kEndUse[] = "UPDATE institution SET ends_on = $2::date WHERE code = $1";

struct Locked {
  std::string institution_code, number, kind, effective_on;
};

Result<Locked> Lock(pqxx::work& transaction, const std::string& application_id, account::ApplicationEvent event) {
  const pqxx::result rows = transaction.exec_params(kLock, application_id);
  if (rows.empty()) return Error{ErrorCode::kNotFoundHere, "application", {}};
  const ApplicationState state =
      account::ApplicationStateFromWord(rows[0]["state"].c_str()).value_or(ApplicationState::kDraft);
  TRY_VOID(account::Next(state, event));
  return Locked{rows[0]["institution_code"].c_str(), rows[0]["number"].c_str(), rows[0]["kind"].c_str(),
                rows[0]["effective_on"].c_str()};
}

audit::Event EventOf(const char* action, const Locked& application, const std::string& detail) {
  return {.action = action,
          .desk_id = {},
          .press_id = {},
          .code = 0,
          .detail = "number=" + application.number + " kind=" + application.kind + detail,
          .account_id = {},
          .institution_code = application.institution_code,
          .actor = kNational};
}

}  // namespace

Result<std::optional<account::DueApplication>> PgApplications::TakeDue(Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::optional<account::DueApplication>> {
    const pqxx::result rows = transaction.exec_params(kTake, static_cast<int>(account::kTakenFor.count()));
    if (rows.empty()) return std::optional<account::DueApplication>{};
    const pqxx::row row = rows[0];
    account::DueApplication due;
    due.application.application_id = row["application_id"].c_str();
    due.application.institution_code = row["institution_code"].c_str();
    due.application.kind = row["kind"].c_str();
    due.application.applicant = row["applicant"].c_str();
    due.application.terms_version = row["terms_version"].c_str();
    due.application.effective_on = row["effective_on"].c_str();
    due.application.moves_to = row["moves_to"].c_str();
    due.application.staff_count = row["staff_count"].as<std::uint32_t>();
    due.application.devices = row["devices"].as<std::uint32_t>();
    due.bank_last4_sealed = FromHex(row["bank"].c_str()).value_or(Bytes{});
    due.created_by = row["created_by"].c_str();
    due.number = row["number"].as<std::uint32_t>();
    due.receipt = row["receipt"].c_str();
    due.polls = row["polls"].as<int>();
    if (due.receipt.empty()) {
      for (const pqxx::row& file : transaction.exec_params(kFiles, due.application.application_id))
        due.application.attachments.push_back({file["file_name"].c_str(), file["media_type"].c_str(),
                                               FromHex(file["content"].c_str()).value_or(Bytes{})});
    }
    return std::optional(std::move(due));
  });
}

Result<void> PgApplications::Received(const std::string& application_id, const std::string& receipt,
                                      std::chrono::milliseconds next, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    TRY_ASSIGN(const Locked application, Lock(transaction, application_id, account::ApplicationEvent::kAccept));
    transaction.exec_params(kReceived, application_id, receipt, static_cast<long>(next.count()));
    AddStep(transaction, application_id, ApplicationState::kSubmitted, kNational, receipt);
    WriteEvent(transaction, EventOf(audit::action::kApplicationReceived, application, ""), owner_);
    return {};
  });
}

Result<void> PgApplications::Later(const std::string& application_id, std::chrono::milliseconds next,
                                   Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    transaction.exec_params(kLater, application_id, static_cast<long>(next.count()));
    return {};
  });
}

Result<void> PgApplications::GiveUpAsking(const std::string& application_id, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    TRY_ASSIGN(const Locked application, Lock(transaction, application_id, account::ApplicationEvent::kAccept));
    transaction.exec_params("UPDATE application SET next_poll_at = NULL WHERE application_id = $1::uuid",
                            application_id);
    RaiseNotice(transaction, "application.silent", application.institution_code + " " + application.number);
    return {};
  });
}

Result<void> PgApplications::Accept(const account::Acceptance& acceptance, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    TRY_ASSIGN(const Locked application,
               Lock(transaction, acceptance.application_id, account::ApplicationEvent::kAccept));
    for (const account::Acceptance::Account& issued : acceptance.accounts) {
      TRY_VOID(StoreIssued(transaction, {.institution_code = application.institution_code,
                                         .account_id = issued.account_id,
                                         .forms = issued.forms,
                                         .issued_on = acceptance.issued_on,
                                         .source = "national",
                                         .application_id = acceptance.application_id,
                                         .by = kNational,
                                         .owner = owner_}));
    }
    if (application.kind == "end_of_use")
      transaction.exec_params(kEndUse, application.institution_code, application.effective_on);
    transaction.exec_params(kDecide, acceptance.application_id, "accepted", "");
    ForgetProof(transaction, acceptance.application_id);
    AddStep(transaction, acceptance.application_id, ApplicationState::kAccepted, kNational,
            "accounts " + std::to_string(acceptance.accounts.size()));
    RaiseNotice(transaction, acceptance.accounts.empty() ? "application.agreed" : "application.accepted",
                application.institution_code + " " + application.number);
    if (acceptance.mail) TRY_VOID(QueueMail(transaction, *acceptance.mail));
    WriteEvent(transaction,
               EventOf(audit::action::kApplicationAccepted, application,
                       " accounts=" + std::to_string(acceptance.accounts.size())),
               owner_);
    return {};
  });
}

Result<void> PgApplications::Reject(const std::string& application_id, const std::string& reason, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    TRY_ASSIGN(const Locked application, Lock(transaction, application_id, account::ApplicationEvent::kReject));
    transaction.exec_params(kDecide, application_id, "rejected", reason);
    ForgetProof(transaction, application_id);
    DropMove(transaction, application_id);
    AddStep(transaction, application_id, ApplicationState::kRejected, kNational, reason);
    RaiseNotice(transaction, "application.rejected", application.institution_code + " " + application.number);
    WriteEvent(transaction, EventOf(audit::action::kApplicationRejected, application, ""), owner_);
    return {};
  });
}

}  // namespace madoguchi::store
