// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_users.h"

#include <algorithm>

#include "server/audit/event.h"
#include "server/store/console_statements.h"
#include "server/store/tell_people.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

namespace action = audit::action;
using console::Actor;
using console::FirstPassword;
using console::UserFacts;
using console::UserRole;

const std::string& UserSql() {
  static const std::string sql =
      R"(
    SELECT person.user_id, person.name, person.role, person.enabled, person.totp_confirmed AND NOT person.password_must_change AS complete,
      ARRAY(SELECT institution_code FROM console_user_institution AS own WHERE own.user_id = person.user_id ORDER BY 1)::text AS codes, )" +
      TimeSql("person.last_log_in_at") + " AS last_log_in_at, " +
      TimeSql(
          "(SELECT max(locked_until) FROM console_log_in_failure AS failed WHERE failed.user_id = person.user_id AND "
          "of = 'log-in' "
          "AND locked_until > clock_timestamp())") +
      " AS locked_until FROM console_user AS person ";
  return sql;
}

constexpr char kInsertUser[] = R"(
  INSERT INTO console_user (user_id, name, role, password_hash, credentials_made_by)
  SELECT $1, $2, $3, $4, $5 WHERE (SELECT count(*) FROM console_user) < $6::bigint ON CONFLICT (user_id) DO NOTHING)";
constexpr char kReset[] = R"(
  UPDATE console_user SET password_hash = $2, password_must_change = true, totp_sealed = NULL, totp_next_sealed = NULL, totp_confirmed = false,
    credentials_made_by = $3, credentials_made_at = clock_timestamp()
  WHERE user_id = $1)";
// Whoever takes away an administrator holds all of them, so that two at the same moment do not take away the last two.
constexpr char kLockAdministrators[] = R"(
  SELECT user_id FROM console_user AS person WHERE role = 'administrator' AND enabled
    AND NOT EXISTS (SELECT FROM console_user_institution AS own WHERE own.user_id = person.user_id)
  ORDER BY user_id FOR UPDATE)";

UserFacts FactsOf(const pqxx::row& row) {
  const auto text = [&row](const char* column) { return row[column].as<std::string>(); };
  UserFacts facts;
  facts.user_id = text("user_id");
  facts.name = text("name");
  facts.role = text("role");
  facts.institution_codes = Words(text("codes"));
  facts.enabled = row["enabled"].as<bool>();
  facts.complete = row["complete"].as<bool>();
  facts.last_log_in_at = text("last_log_in_at");
  facts.locked_until = text("locked_until");
  return facts;
}

// All of `codes` are the actor's; none means the whole organisation.
bool MayTouch(const Actor& actor, const std::vector<std::string>& codes) {
  if (actor.institution_codes.empty()) return true;
  const auto own = [&](const std::string& code) {
    return std::find(actor.institution_codes.begin(), actor.institution_codes.end(), code) !=
           actor.institution_codes.end();
  };
  return !codes.empty() && std::all_of(codes.begin(), codes.end(), own);
}

Error NotAllowed() {
  return {ErrorCode::kInstitutionNotAllowed, "the user has other institution codes", {}};
}

Result<UserFacts> Load(pqxx::work& transaction, const std::string& user_id) {
  const pqxx::result rows =
      transaction.exec_params(UserSql() + "WHERE person.user_id = $1 FOR UPDATE OF person", user_id);
  if (rows.empty()) return Error{ErrorCode::kNotFoundHere, "no such user", {}};
  return FactsOf(rows[0]);
}

Result<UserFacts> LoadForAct(pqxx::work& transaction, const Actor& actor, const std::string& user_id) {
  TRY_ASSIGN(UserFacts facts, Load(transaction, user_id));
  if (!MayTouch(actor, facts.institution_codes)) return NotAllowed();
  return facts;
}

// The trail alone must tell later who had which right.
std::string RightText(const UserRole& user) {
  std::string codes;
  for (const std::string& code : user.institution_codes) codes += (codes.empty() ? " institutions=" : ",") + code;
  return "user=" + user.user_id + " role=" + user.role + codes;
}

// Precondition of losing an administrator. Locks come before any other row's.
Result<void> AnotherAdministratorStays(pqxx::work& transaction, const std::string& user_id) {
  const pqxx::result all = transaction.exec(kLockAdministrators);
  const bool is_one =
      std::any_of(all.begin(), all.end(), [&](const pqxx::row& row) { return row[0].as<std::string>() == user_id; });
  if (is_one && all.size() == 1) return Error{ErrorCode::kStateNotPossible, "the last enabled administrator", {}};
  return {};
}

Result<void> WriteCodes(pqxx::work& transaction, const UserRole& user) {
  transaction.exec_params("DELETE FROM console_user_institution WHERE user_id = $1", user.user_id);
  for (const std::string& code : user.institution_codes) {
    const pqxx::result written = transaction.exec_params(
        "INSERT INTO console_user_institution (user_id, institution_code) SELECT $1, code FROM institution WHERE code "
        "= $2 "
        "ON CONFLICT DO NOTHING",
        user.user_id, code);
    const bool known = written.affected_rows() == 1 ||
                       !transaction.exec_params("SELECT FROM institution WHERE code = $1", code).empty();
    if (!known) return Error{ErrorCode::kInstitutionUnknown, code, {}};
  }
  return {};
}

}  // namespace

Result<std::vector<UserFacts>> PgUsers::List(const Actor& actor, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<UserFacts>> {
    std::vector<UserFacts> users;
    for (const pqxx::row& row :
         transaction.exec_params(UserSql() + "ORDER BY person.user_id LIMIT $1::bigint", console::kUsersMax)) {
      UserFacts facts = FactsOf(row);
      if (facts.user_id == actor.user_id || MayTouch(actor, facts.institution_codes)) users.push_back(std::move(facts));
    }
    return users;
  });
}

Result<UserFacts> PgUsers::Create(const Actor& actor, const UserRole& user, const std::string& name,
                                  const FirstPassword& first, Deadline deadline) {
  if (!MayTouch(actor, user.institution_codes)) return NotAllowed();
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<UserFacts> {
    TRY_VOID(UseApproval(transaction, actor.approval, owner_));
    if (!transaction.exec_params("SELECT FROM console_user WHERE user_id = $1", user.user_id).empty())
      return Error{ErrorCode::kUserExists, "", {}};
    const pqxx::result made = transaction.exec_params(kInsertUser, user.user_id, name, user.role, first.password_hash,
                                                      actor.user_id, console::kUsersMax);
    if (made.affected_rows() == 0) return Error{ErrorCode::kServerBusy, "as many users as there may be", {}};
    TRY_VOID(WriteCodes(transaction, user));
    WriteEvent(transaction, ConsoleEvent(action::kConsoleUserCreated, actor.user_id, RightText(user)), owner_);
    TRY_VOID(QueueMail(transaction, first.mail));
    return Load(transaction, user.user_id);
  });
}

Result<UserFacts> PgUsers::SetRole(const Actor& actor, const UserRole& user, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<UserFacts> {
    TRY_VOID(UseApproval(transaction, actor.approval, owner_));
    if (user.role != "administrator" || !user.institution_codes.empty())
      TRY_VOID(AnotherAdministratorStays(transaction, user.user_id));
    TRY_VOID(LoadForAct(transaction, actor, user.user_id));
    if (!MayTouch(actor, user.institution_codes)) return NotAllowed();
    transaction.exec_params("UPDATE console_user SET role = $2 WHERE user_id = $1", user.user_id, user.role);
    TRY_VOID(WriteCodes(transaction, user));
    WriteEvent(transaction, ConsoleEvent(action::kConsoleUserRoleSet, actor.user_id, RightText(user)), owner_);
    return Load(transaction, user.user_id);
  });
}

Result<void> PgUsers::ResetCredentials(const Actor& actor, const std::string& user_id, const FirstPassword& first,
                                       Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    TRY_VOID(UseApproval(transaction, actor.approval, owner_));
    TRY_VOID(LoadForAct(transaction, actor, user_id));
    transaction.exec_params(kReset, user_id, first.password_hash, actor.user_id);
    transaction.exec_params("DELETE FROM recovery_code WHERE user_id = $1", user_id);
    transaction.exec_params("DELETE FROM password_reset WHERE user_id = $1", user_id);
    transaction.exec_params("DELETE FROM console_log_in_failure WHERE user_id = $1", user_id);
    EndSessions(transaction, user_id, {});
    WriteEvent(transaction, ConsoleEvent(action::kConsoleUserCredentialsReset, actor.user_id, "user=" + user_id),
               owner_);
    return QueueMail(transaction, first.mail);
  });
}

Result<UserFacts> PgUsers::SetEnabled(const Actor& actor, const std::string& user_id, bool enabled, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<UserFacts> {
    TRY_VOID(UseApproval(transaction, actor.approval, owner_));
    if (!enabled) TRY_VOID(AnotherAdministratorStays(transaction, user_id));
    TRY_ASSIGN(const UserFacts before, LoadForAct(transaction, actor, user_id));
    if (before.enabled == enabled) return Error{ErrorCode::kStateNotPossible, "it is so already", {}};
    transaction.exec_params("UPDATE console_user SET enabled = $2::bool WHERE user_id = $1", user_id, enabled);
    if (!enabled) EndSessions(transaction, user_id, {});
    const char* word = enabled ? action::kConsoleUserEnabled : action::kConsoleUserDisabled;
    WriteEvent(transaction, ConsoleEvent(word, actor.user_id, "user=" + user_id), owner_);
    return Load(transaction, user_id);
  });
}

}  // namespace madoguchi::store
