// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_applications.h"

#include "server/account/text_fields.h"
#include "server/audit/event.h"
#include "server/store/application_rows.h"
#include "server/store/array_literal.h"
#include "server/store/tell_people.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

using account::Application;
using account::ApplicationState;

// Two applications of one institution are judged one after the other. A statement of its own: the facts are read by a
// later one, which sees what the other transaction left.
constexpr char kLockInstitution[] = "SELECT 1 FROM institution WHERE code = $1 FOR UPDATE";
const std::string& FactsSql() {
  static const std::string sql = std::string("SELECT ") + kTodaySql + R"( AS today, category, category_ends_on, ends_on,
      EXISTS (SELECT 1 FROM application WHERE institution_code = code AND kind = 'use'
              AND (state IN ('submitted', 'accepted') OR (state = 'recorded' AND reason IS NULL))) AS use_made,
      (SELECT min(number) FROM application WHERE institution_code = code AND kind = 'use' AND state = 'draft'
       AND application_id IS DISTINCT FROM NULLIF($2, '')::uuid) AS use_drafted,
      (SELECT count(*) FROM device_account WHERE institution_code = code) AS accounts
    FROM institution WHERE code = $1)";
  return sql;
}
constexpr char kInsert[] = R"(
  INSERT INTO application (application_id, institution_code, kind, state, applicant, staff_count, devices, terms_version, bank_last4_sealed,
    proof_by_bank_account, effective_on, created_by, next_poll_at)
  VALUES ($1::uuid, $2, $3, $4, $5, NULLIF($6::int, 0), NULLIF($7::int, 0), $8, NULLIF(decode($9, 'hex'), ''), $9 <> '',
    NULLIF($10, '')::date, $11, CASE WHEN $4 = 'submitted' THEN clock_timestamp() END))";
constexpr char kInsertFile[] = R"(
  INSERT INTO application_attachment (application_id, number, file_name, media_type, size, sha256, content)
  SELECT $1::uuid, $2::int, $3, $4, length(content), sha256(content), content FROM (SELECT decode($5, 'hex') AS content) AS file)";
constexpr char kSubmitDraft[] = R"(
  UPDATE application SET state = 'submitted', terms_version = $2, next_poll_at = clock_timestamp() WHERE application_id = $1::uuid)";
constexpr char kInsertRecorded[] = R"(
  INSERT INTO application (application_id, institution_code, kind, state, applicant, staff_count, devices, receipt, reason, effective_on,
    created_by, decided_at)
  VALUES (gen_random_uuid(), $1, $2, 'recorded', $3, NULLIF($4::int, 0), NULLIF($5::int, 0), NULLIF($6, ''),
    CASE WHEN $9 = '' OR $10::boolean THEN NULL ELSE coalesce(NULLIF($7, ''), '-') END, $8::date, $11,
    NULLIF($9, '')::date::timestamp AT TIME ZONE 'Asia/Tokyo')
  RETURNING application_id)";
constexpr char kAnswerRecorded[] = R"(
  UPDATE application SET decided_at = $3::date::timestamp AT TIME ZONE 'Asia/Tokyo',
    reason = CASE WHEN $4::boolean THEN NULL ELSE coalesce(NULLIF($5, ''), '-') END
  WHERE institution_code = $1 AND receipt = $2 AND state = 'recorded' AND decided_at IS NULL
  RETURNING application_id)";
constexpr char kWithdraw[] = R"(
  UPDATE application SET state = 'withdrawn', decided_at = clock_timestamp(), next_poll_at = NULL WHERE application_id = $1::uuid)";

constexpr char kById[] = "application_id = $1::uuid";

audit::Event EventOf(const char* action, const Application& application, const std::string& by) {
  return {.action = action,
          .desk_id = {},
          .press_id = {},
          .code = 0,
          .detail = "number=" + std::to_string(application.number) + " kind=" + std::string(Word(application.kind)) +
                    " devices=" + std::to_string(application.devices),
          .account_id = {},
          .institution_code = application.institution_code,
          .actor = by};
}

Result<Application> ReadOne(pqxx::work& transaction, const std::string& application_id) {
  std::vector<Application> found = ReadApplications(transaction, kById, application_id);
  if (found.empty()) return Error{ErrorCode::kNotFoundHere, "application", {}};
  return std::move(found.front());
}

// request_id: of the application that is judged, which does not stand against itself.
Result<account::ApplicationFacts> ReadFacts(pqxx::work& transaction, const std::string& institution_code,
                                            const std::string& request_id) {
  transaction.exec_params(kLockInstitution, institution_code);
  const pqxx::result rows = transaction.exec_params(FactsSql(), institution_code, request_id);
  if (rows.empty()) return Error{ErrorCode::kInstitutionUnknown, institution_code, {}};
  const pqxx::row row = rows[0];
  return account::ApplicationFacts{row["today"].c_str(),
                                   row["category"].c_str(),
                                   row["category_ends_on"].c_str(),
                                   row["ends_on"].c_str(),
                                   row["use_made"].as<bool>(),
                                   row["use_drafted"].as<std::uint32_t>(0),
                                   row["accounts"].as<std::uint32_t>()};
}

void Insert(pqxx::work& transaction, const account::ApplicationRequest& request, ByteView bank_last4_sealed,
            ApplicationState state) {
  transaction.exec_params(kInsert, request.request_id, request.institution_code, std::string(Word(request.kind)),
                          std::string(Word(state)), request.applicant, request.staff_count,
                          account::AsksForDevices(request.kind) ? request.devices : 0, request.terms_version,
                          ToHex(bank_last4_sealed), request.effective_on, request.by);
  for (std::size_t i = 0; i < request.attachments.size(); ++i) {
    const account::AttachedFile& file = request.attachments[i];
    transaction.exec_params(kInsertFile, request.request_id, static_cast<int>(i + 1), file.file_name, file.media_type,
                            ToHex(file.content));
  }
}

}  // namespace

Result<std::string> PgApplications::Today(Deadline deadline) {
  return pool_.Run(deadline, [](pqxx::work& transaction) -> Result<std::string> {
    return std::string(transaction.exec(std::string("SELECT ") + kTodaySql)[0][0].c_str());
  });
}

Result<Application> PgApplications::Apply(const account::ApplicationRequest& request, ByteView bank_last4_sealed,
                                          ApplicationState state, account::Problems& problems, Deadline deadline) {
  account::Problems found;
  auto applied = pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<Application> {
    found.clear();
    TRY_ASSIGN(const account::ApplicationFacts facts,
               ReadFacts(transaction, request.institution_code, request.request_id));
    std::vector<Application> known = ReadApplications(transaction, kById, request.request_id);
    if (!known.empty()) {
      if (known.front().institution_code != request.institution_code)
        return Error{ErrorCode::kNotFoundHere, "request id", {}};
      if (known.front().state != ApplicationState::kDraft || state != ApplicationState::kSubmitted)
        return std::move(known.front());
      TRY_VOID(account::CheckApplicationPossible(known.front().kind, facts, found));
      transaction.exec_params(kSubmitDraft, request.request_id, request.terms_version);
    } else {
      TRY_VOID(account::CheckApplicationPossible(request.kind, facts, found));
      Insert(transaction, request, bank_last4_sealed, state);
    }
    AddStep(transaction, request.request_id, state, request.by, "");
    TRY_ASSIGN(Application application, ReadOne(transaction, request.request_id));
    WriteEvent(transaction, EventOf(audit::action::kApplicationSubmitted, application, request.by), owner_);
    return application;
  });
  problems.insert(problems.end(), found.begin(), found.end());
  return applied;
}

Result<Application> PgApplications::Record(const account::RecordedApplication& recorded, account::Problems& problems,
                                           Deadline deadline) {
  account::Problems found;
  auto done = pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<Application> {
    found.clear();
    TRY_ASSIGN(const account::ApplicationFacts facts, ReadFacts(transaction, recorded.institution_code, ""));
    TRY_VOID(account::CheckRecordedFields(recorded, facts.today, found));
    pqxx::result row;
    if (!recorded.receipt.empty() && !recorded.answered_on.empty())
      row = transaction.exec_params(kAnswerRecorded, recorded.institution_code, recorded.receipt, recorded.answered_on,
                                    recorded.accepted, recorded.reason);
    if (row.empty())
      row = transaction.exec_params(
          kInsertRecorded, recorded.institution_code, std::string(Word(recorded.kind)), recorded.applicant,
          recorded.staff_count, account::AsksForDevices(recorded.kind) ? recorded.devices : 0, recorded.receipt,
          recorded.reason, recorded.made_on, recorded.answered_on, recorded.accepted, recorded.by);
    const std::string application_id = row[0][0].c_str();
    AddStep(transaction, application_id, ApplicationState::kRecorded, recorded.by,
            recorded.answered_on.empty() ? "made " + recorded.made_on
                                         : (recorded.accepted ? "accepted " : "rejected ") + recorded.answered_on);
    TRY_ASSIGN(Application application, ReadOne(transaction, application_id));
    WriteEvent(transaction, EventOf(audit::action::kApplicationRecorded, application, recorded.by), owner_);
    return application;
  });
  problems.insert(problems.end(), found.begin(), found.end());
  return done;
}

Result<std::vector<Application>> PgApplications::List(const std::vector<std::string>& codes, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<Application>> {
    return ReadApplications(transaction, "($1 = '{}' OR institution_code = ANY($1::char(10)[]))", TextArray(codes));
  });
}

Result<Application> PgApplications::Find(const std::string& institution_code, const std::string& application_id,
                                         Deadline deadline) {
  if (!UuidFromText(application_id)) return Error{ErrorCode::kNotFoundHere, "not an application id", {}};
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<Application> {
    TRY_ASSIGN(Application application, ReadOne(transaction, application_id));
    if (application.institution_code != institution_code)
      return Error{ErrorCode::kNotFoundHere, "of another institution", {}};
    return application;
  });
}

Result<Application> PgApplications::Withdraw(const std::string& application_id, const std::string& receipt,
                                             const std::string& by, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<Application> {
    transaction.exec_params("SELECT 1 FROM application WHERE application_id = $1::uuid FOR UPDATE", application_id);
    TRY_ASSIGN(const Application before, ReadOne(transaction, application_id));
    TRY_VOID(account::Next(before.state, account::ApplicationEvent::kWithdraw));
    if (before.receipt != receipt) return Error{ErrorCode::kChangedMeanwhile, "another receipt", {}};
    if (receipt.empty() && before.asked) return Error{ErrorCode::kStateNotPossible, "it is just being submitted", {}};
    transaction.exec_params(kWithdraw, application_id);
    ForgetProof(transaction, application_id);
    DropMove(transaction, application_id);
    AddStep(transaction, application_id, ApplicationState::kWithdrawn, by, "");
    WriteEvent(transaction, EventOf(audit::action::kApplicationWithdrawn, before, by), owner_);
    return ReadOne(transaction, application_id);
  });
}

}  // namespace madoguchi::store
