// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_accounts.h"

#include "server/audit/event.h"
#include "server/store/account_statements.h"
#include "server/store/array_literal.h"
#include "server/store/console_statements.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

using account::AccountAct;
using account::AccountFacts;

constexpr char kTimeFormat[] = "YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"";  // RFC 3339
// $1: institution codes, an empty array for every one · $2: one account id, or '' · $3: how many at most · $4:
// kTimeFormat.
constexpr char kList[] = R"(
  WITH chosen AS (
    SELECT * FROM device_account
    WHERE (cardinality($1::text[]) = 0 OR institution_code::text = ANY ($1::text[])) AND ($2::text = '' OR account_id = $2::text)
    ORDER BY account_id LIMIT $3::int
  )
  SELECT account.account_id, account.institution_code::text, account.state, account.holder, account.note,
         coalesce(desk.desk_id::text, '') AS desk_id, coalesce(desk.name, '') AS desk_name,
         coalesce(account.starts_on::text, '') AS starts_on, coalesce(account.ends_on::text, '') AS ends_on,
         coalesce(account.suspended_on::text, '') AS suspended_on,
         coalesce(host(desk.last_address), '') AS last_address, coalesce(desk.terminal_version, '') AS terminal_version,
         coalesce(desk.reader, '') AS reader, coalesce(application.number, 0) AS application_number,
         EXISTS (SELECT FROM desk_log_in AS log_in WHERE log_in.account_id = account.account_id) AS logged_in,
         EXISTS (SELECT FROM activation_code AS code
                 WHERE code.account_id = account.account_id AND code.spent_at IS NULL AND code.void_at IS NULL) AS code_unused,
         coalesce(to_char((account.last_used_at) AT TIME ZONE 'UTC', $4), '') AS last_used_at,
         coalesce(to_char(((SELECT max(not_after) FROM desk_certificate WHERE desk_id = account.desk_id AND revoked_at IS NULL)) AT TIME ZONE 'UTC', $4), '') AS certificate_expires_at,
         coalesce(to_char(((SELECT max(locked_until) FROM log_in_failure AS failure
              WHERE failure.account_id = account.account_id AND locked_until > clock_timestamp())) AT TIME ZONE 'UTC', $4), '') AS locked_until,
         coalesce(to_char((CASE WHEN account.national_locked_until > clock_timestamp() THEN account.national_locked_until END) AT TIME ZONE 'UTC', $4), '') AS national_locked_until,
         coalesce(to_char(((SELECT sealed_until FROM sealed_sheet AS sheet
              WHERE sheet.account_id = account.account_id AND sealed_until > clock_timestamp())) AT TIME ZONE 'UTC', $4), '') AS sealed_until
  FROM chosen AS account LEFT JOIN desk ON desk.desk_id = account.desk_id
  LEFT JOIN application ON application.application_id = account.application_id
  ORDER BY account.account_id)";
constexpr char kSetNote[] = "UPDATE device_account SET note = $3 WHERE account_id = $1 AND institution_code = $2";
constexpr char kSpendCode[] = R"(
  UPDATE activation_code SET spent_at = clock_timestamp() WHERE account_id = $1 AND spent_at IS NULL AND void_at IS NULL)";
constexpr char kDestroySheet[] = "DELETE FROM sealed_sheet WHERE account_id = $1";
constexpr char kLockAccount[] =
    "SELECT 1 FROM device_account WHERE account_id = $1 AND institution_code = $2 FOR UPDATE";
constexpr char kIsLocked[] =
    "SELECT EXISTS (SELECT FROM log_in_failure WHERE account_id = $1 AND locked_until > clock_timestamp())";
constexpr char kUnlock[] =
    "DELETE FROM log_in_failure WHERE account_id = $1 RETURNING coalesce(locked_until > clock_timestamp(), false), "
    "source, refused";
constexpr char kNationalLock[] = R"(
  UPDATE device_account SET national_locked_until =
    CASE WHEN $2::bigint > 0 THEN clock_timestamp() + $2::bigint * interval '1 millisecond' END
  WHERE account_id = $1)";

Result<AccountFacts> FactsOf(const pqxx::row& row) {
  const auto text = [&row](const char* column) { return row[column].as<std::string>(); };
  const auto state = account::StateFromWord(text("state"));
  const auto holder = account::HolderFromWord(text("holder"));
  if (!state || !holder) return Error{ErrorCode::kDatabaseError, "unknown word in device_account", {}};
  AccountFacts facts;
  facts.account_id = text("account_id");
  facts.institution_code = text("institution_code");
  facts.state = *state;
  facts.holder = *holder;
  facts.desk_id = text("desk_id");
  facts.desk_name = text("desk_name");
  facts.note = text("note");
  facts.starts_on = text("starts_on");
  facts.ends_on = text("ends_on");
  facts.suspended_on = text("suspended_on");
  facts.last_used_at = text("last_used_at");
  facts.last_address = text("last_address");
  facts.terminal_version = text("terminal_version");
  facts.reader = text("reader");
  facts.certificate_expires_at = text("certificate_expires_at");
  facts.locked_until = text("locked_until");
  facts.national_locked_until = text("national_locked_until");
  facts.logged_in = row["logged_in"].as<bool>();
  facts.application_number = row["application_number"].as<std::uint32_t>();
  facts.sealed_until = text("sealed_until");
  facts.activation_code_unused = row["code_unused"].as<bool>();
  return facts;
}

Result<std::vector<AccountFacts>> Read(PgPool& pool, const std::vector<std::string>& institution_codes,
                                       const std::string& account_id, Deadline deadline) {
  return pool.Run(deadline, [&](pqxx::work& transaction) -> Result<std::vector<AccountFacts>> {
    std::vector<AccountFacts> accounts;
    for (const pqxx::row& row : transaction.exec_params(kList, TextArray(institution_codes), account_id,
                                                        account::kAccountsListedMax, kTimeFormat)) {
      TRY_ASSIGN(AccountFacts facts, FactsOf(row));
      accounts.push_back(std::move(facts));
    }
    return accounts;
  });
}

void Note(pqxx::work& transaction, const char* action, const AccountAct& act, ErrorCode code, const std::string& detail,
          const std::string& owner) {
  WriteEvent(transaction,
             {action, "", {}, static_cast<int>(code), detail, act.account_id, act.institution_code, act.by}, owner);
}

Error Unknown(const AccountAct& act) {
  return {ErrorCode::kAccountUnknown, act.account_id, {}};
}

}  // namespace

Result<std::vector<AccountFacts>> PgAccounts::List(const std::vector<std::string>& institution_codes,
                                                   Deadline deadline) {
  return Read(pool_, institution_codes, "", deadline);
}

Result<AccountFacts> PgAccounts::Show(const std::string& institution_code, const std::string& account_id,
                                      Deadline deadline) {
  if (account_id.empty()) return Error{ErrorCode::kAccountUnknown, "", {}};
  TRY_ASSIGN(std::vector<AccountFacts> found, Read(pool_, {institution_code}, account_id, deadline));
  if (found.empty()) return Error{ErrorCode::kAccountUnknown, account_id, {}};
  return std::move(found.front());
}

Result<void> PgAccounts::SetNote(const AccountAct& act, const std::string& note, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    if (transaction.exec_params(kSetNote, act.account_id, act.institution_code, note).affected_rows() == 0)
      return Unknown(act);
    Note(transaction, audit::action::kAccountNoteSet, act, ErrorCode{}, "", owner_);
    return {};
  });
}

Result<void> PgAccounts::Change(const AccountAct& act, account::Event event, Deadline deadline) {
  Result<void> changed = pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    TRY_VOID(ChangeState(transaction, {act.institution_code, act.account_id, event, "", act.by, act.reason, owner_}));
    if (event == account::Event::kActivate) {  // the app on the phone used the sheet
      transaction.exec_params(kSpendCode, act.account_id);
      transaction.exec_params(kDestroySheet, act.account_id);
    }
    return {};
  });
  if (changed.ok() || Describe(changed.error().code).kind != ErrorKind::kRefused) return changed;
  TRY_VOID(pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    Note(transaction, audit::action::kAccountChangeRefused, act, changed.error().code,
         std::string(account::Word(event)), owner_);
    return {};
  }));
  return changed;
}

Result<bool> PgAccounts::IsLocked(const AccountAct& act, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<bool> {
    if (transaction.exec_params(kLockAccount, act.account_id, act.institution_code).empty()) return Unknown(act);
    return transaction.exec_params(kIsLocked, act.account_id)[0][0].as<bool>();
  });
}

Result<void> PgAccounts::Unlock(const AccountAct& act, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    TRY_VOID(UseApproval(transaction, act.approval, owner_));
    if (transaction.exec_params(kLockAccount, act.account_id, act.institution_code).empty()) return Unknown(act);
    int unlocked = 0;
    for (const pqxx::row& row : transaction.exec_params(kUnlock, act.account_id)) {
      if (!row[0].as<bool>()) continue;
      ++unlocked;
      Note(transaction, audit::action::kAccountUnlocked, act, ErrorCode{},
           LockDetail(row[1].as<std::string>(), row[2].as<int>()), owner_);
    }
    if (unlocked == 0) return Error{ErrorCode::kStateNotPossible, "not locked", {}};
    return {};
  });
}

Result<void> PgAccounts::KeepNationalLock(const std::string& account_id, std::chrono::milliseconds locked_for,
                                          Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    transaction.exec_params(kNationalLock, account_id, locked_for.count());
    return {};
  });
}

}  // namespace madoguchi::store
