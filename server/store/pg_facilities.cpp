// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_facilities.h"

#include "server/account/limits.h"
#include "server/audit/event.h"
#include "server/store/application_rows.h"
#include "server/store/array_literal.h"
#include "server/store/tell_people.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

// A code that is known only from its first desk is filled in; one that was registered stays as it is.
constexpr char kRegister[] = R"(
  INSERT INTO institution AS known (code, type, name, founder, phone, category, category_ends_on)
  SELECT $1, $2::smallint, $3, $4, $5, NULLIF($6, ''), NULLIF($7, '')::date WHERE (SELECT count(*) FROM institution) < $8::int
  ON CONFLICT (code) DO UPDATE
    SET type = excluded.type, name = excluded.name, founder = excluded.founder, phone = excluded.phone, category = excluded.category,
        category_ends_on = excluded.category_ends_on, registered_at = clock_timestamp()
    WHERE known.name IS NULL)";
constexpr char kAddUser[] = R"(
  INSERT INTO console_user (user_id, name, role, password_hash, password_must_change, credentials_made_by)
  VALUES ($1, $2, 'administrator', $3, true, $4) ON CONFLICT (user_id) DO NOTHING)";
constexpr char kInstitutions[] = R"(
  SELECT code, coalesce(type, 0) AS type, name, founder, phone, category, category_ends_on, starts_on, ends_on, moves_to, moves_on,
         accounts.issued, accounts.active
  FROM institution CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE state <> 'ended') AS issued, count(*) FILTER (WHERE state = 'active') AS active
    FROM device_account WHERE institution_code = code) AS accounts
  WHERE $1 = '{}' OR code = ANY($1::char(10)[]) ORDER BY code LIMIT $2::int)";
constexpr char kChange[] = R"(
  UPDATE institution SET name = coalesce(NULLIF($2, ''), name), founder = coalesce(NULLIF($3, ''), founder),
    phone = coalesce(NULLIF($4, ''), phone), category = coalesce(NULLIF($5, ''), category),
    category_ends_on = CASE WHEN $6 <> '' THEN $6::date WHEN $5 <> '' THEN NULL ELSE category_ends_on END
  WHERE code = $1)";
constexpr char kSetStart[] = "UPDATE institution SET starts_on = $2::date WHERE code = $1";

account::Institution InstitutionOf(const pqxx::row& row) {
  account::Institution institution;
  institution.code = row["code"].c_str();
  institution.type = row["type"].as<int>();
  institution.name = row["name"].c_str();
  institution.founder = row["founder"].c_str();
  institution.phone = row["phone"].c_str();
  institution.category = row["category"].c_str();
  institution.category_ends_on = row["category_ends_on"].c_str();
  institution.starts_on = row["starts_on"].c_str();
  institution.ends_on = row["ends_on"].c_str();
  institution.moves_to = row["moves_to"].c_str();
  institution.moves_on = row["moves_on"].c_str();
  institution.accounts_issued = row["issued"].as<std::uint32_t>();
  institution.accounts_active = row["active"].as<std::uint32_t>();
  return institution;
}

std::vector<account::Institution> ReadInstitutions(pqxx::work& transaction, const std::vector<std::string>& codes) {
  std::vector<account::Institution> institutions;
  for (const pqxx::row& row :
       transaction.exec_params(kInstitutions, TextArray(codes), static_cast<int>(account::kInstitutionsMax)))
    institutions.push_back(InstitutionOf(row));
  return institutions;
}

Result<account::Institution> ReadOne(pqxx::work& transaction, const std::string& code) {
  std::vector<account::Institution> found = ReadInstitutions(transaction, {code});
  if (found.empty()) return Error{ErrorCode::kInstitutionUnknown, code, {}};
  return std::move(found.front());
}

}  // namespace

void PgFacilities::Record(pqxx::work& transaction, const char* action, const std::string& code,
                          const std::string& detail, const std::string& by) {
  WriteEvent(transaction,
             {.action = action,
              .desk_id = {},
              .press_id = {},
              .code = 0,
              .detail = detail,
              .account_id = {},
              .institution_code = code,
              .actor = by},
             owner_);
}

Result<std::string> PgFacilities::Today(Deadline deadline) {
  return pool_.Run(deadline, [](pqxx::work& transaction) -> Result<std::string> {
    return std::string(transaction.exec(std::string("SELECT ") + kTodaySql)[0][0].c_str());
  });
}

Result<account::Registered> PgFacilities::Register(const account::NewInstitution& institution,
                                                   account::Problems& problems, Deadline deadline) {
  const account::Registration& given = institution.registration;
  const std::string code = account::InstitutionCode(given);
  bool known = false;
  const auto act = [&](pqxx::work& transaction) -> Result<account::Registered> {
    const pqxx::result stored =
        transaction.exec_params(kRegister, code, given.type, given.name, given.founder, given.phone, given.category,
                                given.category_ends_on, static_cast<int>(account::kInstitutionsMax));
    known = stored.affected_rows() == 0;
    if (known) return Error{ErrorCode::kFieldInvalid, code + " is registered already, or there are too many", {}};
    account::Registered registered;
    registered.user_id = given.applicant_mail;
    registered.user_is_new = transaction
                                 .exec_params(kAddUser, given.applicant_mail,
                                              given.applicant_surname + "\u3000" + given.applicant_given_name,
                                              institution.password_hash, institution.by)
                                 .affected_rows() == 1;
    if (registered.user_is_new) TRY_VOID(QueueMail(transaction, institution.mail));
    Record(transaction, audit::action::kInstitutionRegistered, code, registered.user_is_new ? "new user" : "known user",
           institution.by);
    TRY_ASSIGN(registered.institution, ReadOne(transaction, code));
    return registered;
  };
  auto registered = pool_.Run(deadline, act);
  if (known)
    problems.push_back({"code", "この医療機関コードはすでに登録されています（または登録できる数を超えています）。",
                        "This institution code is registered already (or there are too many).", false});
  return registered;
}

Result<std::vector<account::Institution>> PgFacilities::List(const std::vector<std::string>& codes, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<account::Institution>> {
    return ReadInstitutions(transaction, codes);
  });
}

Result<account::Institution> PgFacilities::Change(const account::InstitutionChange& change, const std::string& by,
                                                  Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<account::Institution> {
    transaction.exec_params(kChange, change.institution_code, change.name, change.founder, change.phone,
                            change.category, change.category_ends_on);
    TRY_ASSIGN(account::Institution institution, ReadOne(transaction, change.institution_code));
    Record(transaction, audit::action::kInstitutionChanged, change.institution_code, "category=" + institution.category,
           by);
    return institution;
  });
}

Result<account::Institution> PgFacilities::SetStart(const std::string& code, const std::string& starts_on,
                                                    bool recorded_only, const std::string& by, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<account::Institution> {
    if (transaction.exec_params(kSetStart, code, starts_on).affected_rows() == 0)
      return Error{ErrorCode::kInstitutionUnknown, code, {}};
    AddFollowing(transaction, {code, account::ApplicationKind::kStartOfOperation, starts_on, "", by, recorded_only});
    Record(transaction, audit::action::kInstitutionStartSet, code, starts_on, by);
    return ReadOne(transaction, code);
  });
}

}  // namespace madoguchi::store
