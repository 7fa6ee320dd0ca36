// SPDX-License-Identifier: Apache-2.0
#include "server/store/application_rows.h"

#include <map>

#include "server/store/array_literal.h"
#include "server/store/tell_people.h"

namespace madoguchi::store {
namespace {

constexpr char kAddStep[] = R"(
  INSERT INTO application_step (application_id, step, state, by, note)
  SELECT $1::uuid, coalesce(max(step), 0) + 1, $2, $3, left($4, 500) FROM application_step WHERE application_id = $1::uuid)";

constexpr char kAddFollowing[] = R"(
  INSERT INTO application (application_id, institution_code, kind, state, applicant, effective_on, moves_to, created_by, next_poll_at, decided_at)
  SELECT gen_random_uuid(), $1, $2, CASE WHEN $6::boolean THEN 'recorded' ELSE 'submitted' END,
    coalesce((SELECT name FROM console_user WHERE user_id = $5), left($5, 60)), $3::date, NULLIF($4, ''), $5,
    CASE WHEN $6::boolean THEN NULL ELSE clock_timestamp() END, CASE WHEN $6::boolean THEN clock_timestamp() END
  RETURNING application_id)";
constexpr char kDropMove[] = R"(
  UPDATE institution SET moves_to = NULL, moves_on = NULL FROM application
  WHERE application_id = $1::uuid AND code = institution_code AND institution.moves_to = application.moves_to
    AND moves_on = effective_on)";

std::string ApplicationsSql(const std::string& where) {
  return "SELECT application_id, number, institution_code, kind, state, applicant, coalesce(staff_count, 0) AS "
         "staff_count, "
         "coalesce(devices, 0) AS devices, terms_version, proof_by_bank_account, receipt, reason, effective_on, "
         "created_by, " +
         TimeSql("created_at") + " AS created_at, " + TimeSql("decided_at") +
         " AS decided_at, polls > 0 AS asked, ledger.* FROM application CROSS JOIN LATERAL ("
         "SELECT count(*) AS issued, count(*) FILTER (WHERE account.state IN ('active', 'suspended')) AS in_use, "
         "count(*) FILTER (WHERE account.state = 'issued') AS free "
         "FROM device_account AS account WHERE account.application_id = application.application_id) AS ledger WHERE " +
         where + " ORDER BY number DESC LIMIT " + std::to_string(account::kApplicationsListedMax);
}

account::Application ApplicationOf(const pqxx::row& row) {
  account::Application application;
  application.application_id = row["application_id"].c_str();
  application.number = row["number"].as<std::uint32_t>();
  application.institution_code = row["institution_code"].c_str();
  application.kind = account::ApplicationKindFromWord(row["kind"].c_str()).value_or(account::ApplicationKind::kUse);
  application.state =
      account::ApplicationStateFromWord(row["state"].c_str()).value_or(account::ApplicationState::kDraft);
  application.applicant = row["applicant"].c_str();
  application.staff_count = row["staff_count"].as<std::uint32_t>();
  application.devices = row["devices"].as<std::uint32_t>();
  application.terms_version = row["terms_version"].c_str();
  application.proof_by_bank_account = row["proof_by_bank_account"].as<bool>();
  application.receipt = row["receipt"].c_str();
  application.reason = row["reason"].c_str();
  application.effective_on = row["effective_on"].c_str();
  application.created_by = row["created_by"].c_str();
  application.created_at = row["created_at"].c_str();
  application.decided_at = row["decided_at"].c_str();
  application.asked = row["asked"].as<bool>();
  application.accounts_issued = row["issued"].as<std::uint32_t>();
  application.accounts_in_use = row["in_use"].as<std::uint32_t>();
  application.accounts_free = row["free"].as<std::uint32_t>();
  return application;
}

}  // namespace

void AddStep(pqxx::work& transaction, const std::string& application_id, account::ApplicationState state,
             const std::string& by, const std::string& note) {
  transaction.exec_params(kAddStep, application_id, std::string(account::Word(state)), by, note);
}

void AddFollowing(pqxx::work& transaction, const FollowingApplication& application) {
  const pqxx::result made = transaction.exec_params(
      kAddFollowing, application.institution_code, std::string(account::Word(application.kind)),
      application.effective_on, application.moves_to, application.by, application.recorded_only);
  AddStep(transaction, made[0][0].c_str(),
          application.recorded_only ? account::ApplicationState::kRecorded : account::ApplicationState::kSubmitted,
          application.by, application.moves_to.empty() ? "" : "to " + application.moves_to);
}

void DropMove(pqxx::work& transaction, const std::string& application_id) {
  transaction.exec_params(kDropMove, application_id);
}

void ForgetProof(pqxx::work& transaction, const std::string& application_id) {
  transaction.exec_params("UPDATE application SET bank_last4_sealed = NULL WHERE application_id = $1::uuid",
                          application_id);
  transaction.exec_params("UPDATE application_attachment SET content = NULL WHERE application_id = $1::uuid",
                          application_id);
}

std::vector<account::Application> ReadApplications(pqxx::work& transaction, const std::string& where,
                                                   const std::string& value) {
  std::vector<account::Application> applications;
  std::map<std::string, std::size_t> places;
  ArrayLiteral ids;
  for (const pqxx::row& row : transaction.exec_params(ApplicationsSql(where), value)) {
    applications.push_back(ApplicationOf(row));
    places.emplace(applications.back().application_id, applications.size() - 1);
    ids.Add(applications.back().application_id);
  }
  const pqxx::result steps =
      transaction.exec_params("SELECT application_id, " + TimeSql("at") +
                                  " AS at, state, by, note FROM application_step "
                                  "WHERE application_id = ANY($1::uuid[]) ORDER BY application_id, step",
                              ids.Text());
  for (const pqxx::row& row : steps) {
    applications[places.at(row["application_id"].c_str())].history.push_back(
        {row["at"].c_str(), row["by"].c_str(), row["note"].c_str(),
         account::ApplicationStateFromWord(row["state"].c_str()).value_or(account::ApplicationState::kDraft)});
  }
  const pqxx::result files = transaction.exec_params(
      "SELECT application_id, file_name FROM application_attachment WHERE application_id = ANY($1::uuid[]) ORDER BY "
      "application_id, number",
      ids.Text());
  for (const pqxx::row& row : files)
    applications[places.at(row["application_id"].c_str())].attachments.emplace_back(row["file_name"].c_str());
  return applications;
}

}  // namespace madoguchi::store
