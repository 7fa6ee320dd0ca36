// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_log_ins.h"

#include "server/audit/event.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

using account::DeskAccountFacts;
using account::DeskStanding;
using account::KnownAccount;
using account::LogInAttempt;

constexpr char kDesk[] = "desk";  // the actor

constexpr char kAdmit[] = R"(
  SELECT desk.status, coalesce(certificate.revoked_at IS NULL AND certificate.not_after > clock_timestamp(), false) AS accepted
  FROM desk
  LEFT JOIN desk_certificate AS certificate ON certificate.desk_id = desk.desk_id AND certificate.certificate_sha256 = decode($2, 'hex')
  WHERE desk.desk_id = $1::uuid)";
constexpr char kDescribe[] = R"(
  SELECT desk.name, coalesce(operator.staff_code, '') AS operator_code,
         coalesce(ceil(extract(epoch FROM operator.ends_at - clock_timestamp()) * 1000)::bigint, 0) AS operator_idle_ms,
         coalesce(to_char(certificate.not_after AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), '') AS expires_at,
         coalesce(clock_timestamp() > certificate.issued_at + (certificate.not_after - certificate.issued_at) * 2 / 3, false) AS renew_now
  FROM desk
  LEFT JOIN desk_certificate AS certificate ON certificate.desk_id = desk.desk_id AND certificate.certificate_sha256 = decode($2, 'hex')
  LEFT JOIN (SELECT desk_id, staff_code, last_used_at + idle_seconds * interval '1 second' AS ends_at FROM operator_sign_in) AS operator
    ON operator.desk_id = desk.desk_id AND operator.ends_at > clock_timestamp()
  WHERE desk.desk_id = $1::uuid)";
constexpr char kAccounts[] = R"(
  SELECT account.account_id, account.institution_code::text, coalesce(institution.name, '') AS institution_name,
         account.state = 'active' AS active, log_in.account_id IS NOT NULL AS logged_in
  FROM device_account AS account JOIN institution ON institution.code = account.institution_code
  LEFT JOIN desk_log_in AS log_in ON log_in.account_id = account.account_id AND log_in.desk_id = account.desk_id
  WHERE account.desk_id = $1::uuid AND ($2::text = '' OR account.institution_code::text = $2::text)
  ORDER BY account.institution_code)";
constexpr char kKnown[] = R"(
  SELECT coalesce(password_hash, '') AS password_hash, coalesce(desk_id = $3::uuid, false) AS bound_here, state = 'active' AS active
  FROM device_account WHERE account_id = $1 AND institution_code::text = $2::text)";
constexpr char kLockRow[] = R"(
  SELECT coalesce(desk_id = $3::uuid, false) AND (state = 'active' OR $4) AS usable
  FROM device_account WHERE account_id = $1 AND institution_code::text = $2::text FOR UPDATE)";
constexpr char kLogIn[] = R"(
  INSERT INTO desk_log_in (desk_id, account_id, how) VALUES ($1::uuid, $2, 'password')
  ON CONFLICT (desk_id, account_id) DO UPDATE SET logged_in_at = clock_timestamp(), how = excluded.how)";
constexpr char kUsed[] = "UPDATE device_account SET last_used_at = clock_timestamp() WHERE account_id = $1";
constexpr char kChangePassword[] = R"(
  UPDATE device_account SET password_hash = $3, password_chosen_at = clock_timestamp() WHERE account_id = $1 AND password_hash = $2)";
constexpr char kLogOut[] = R"(
  DELETE FROM desk_log_in AS log_in USING device_account AS account
  WHERE log_in.desk_id = $1::uuid AND account.account_id = log_in.account_id AND ($2::text = '' OR account.institution_code::text = $2::text)
  RETURNING log_in.account_id, account.institution_code::text)";
constexpr char kAccountsToRelease[] = R"(
  SELECT account_id, institution_code::text FROM device_account
  WHERE desk_id = $1::uuid AND ($3 OR account_id = $2) ORDER BY account_id FOR UPDATE)";
constexpr char kHasAccounts[] = "SELECT 1 FROM device_account WHERE desk_id = $1::uuid LIMIT 1";
constexpr char kRevokeCertificates[] =
    "UPDATE desk_certificate SET revoked_at = clock_timestamp() WHERE desk_id = $1::uuid AND revoked_at IS NULL";
constexpr char kEndDesk[] = R"(
  UPDATE desk SET status = 'revoked', revoked_at = clock_timestamp(), revoked_reason = 'deregistered' WHERE desk_id = $1::uuid)";
constexpr char kEndOperator[] = "DELETE FROM operator_sign_in WHERE desk_id = $1::uuid RETURNING staff_code";
constexpr char kEndReservations[] =
    "UPDATE device_account SET reserved_for_desk = NULL WHERE reserved_for_desk = $1::uuid";
constexpr char kTellDesk[] = "SELECT pg_notify('madoguchi_desk', $1)";

void Note(pqxx::work& transaction, const char* action, const std::string& desk_id, const std::string& account_id,
          const std::string& institution_code, ErrorCode code, const std::string& owner) {
  WriteEvent(transaction, {action, desk_id, {}, static_cast<int>(code), "", account_id, institution_code, kDesk},
             owner);
}

DeskAccountFacts FactsOf(const pqxx::row& row) {
  return {row["account_id"].as<std::string>(), row["institution_code"].as<std::string>(),
          row["institution_name"].as<std::string>(), row["active"].as<bool>(), row["logged_in"].as<bool>()};
}

}  // namespace

LogInTry PgLogIns::TryOf(const LogInAttempt& attempt, bool known) const {
  LogInTry one{attempt.account_hash, attempt.source, {}, owner_, attempt.desk_id, {}, kDesk};
  if (known) {  // else what was typed is nobody's, perhaps a password in the wrong field
    one.account_id = attempt.account_id;
    one.institution_code = attempt.institution_code;
  }
  return one;
}

Result<void> PgLogIns::Admit(const std::string& desk_id, ByteView certificate_sha256, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    const pqxx::result rows = transaction.exec_params(kAdmit, desk_id, ToHex(certificate_sha256));
    if (rows.empty()) return Error{ErrorCode::kDeskUnknown, "desk " + desk_id, {}};
    if (rows[0]["status"].as<std::string>() != "active") return Error{ErrorCode::kDeskNotActive, "desk " + desk_id, {}};
    if (!rows[0]["accepted"].as<bool>()) return Error{ErrorCode::kCertificateNotAccepted, "desk " + desk_id, {}};
    return {};
  });
}

Result<DeskStanding> PgLogIns::Describe(const std::string& desk_id, ByteView certificate_sha256, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<DeskStanding> {
    const pqxx::result rows = transaction.exec_params(kDescribe, desk_id, ToHex(certificate_sha256));
    if (rows.empty()) return Error{ErrorCode::kDeskUnknown, "desk " + desk_id, {}};
    DeskStanding facts;
    facts.desk_name = rows[0]["name"].as<std::string>();
    facts.operator_code = rows[0]["operator_code"].as<std::string>();
    facts.operator_idle = std::chrono::milliseconds(rows[0]["operator_idle_ms"].as<std::int64_t>());
    facts.certificate_expires_at = rows[0]["expires_at"].as<std::string>();
    facts.renew_now = rows[0]["renew_now"].as<bool>();
    for (const pqxx::row& row : transaction.exec_params(kAccounts, desk_id, "")) facts.accounts.push_back(FactsOf(row));
    return facts;
  });
}

Result<DeskAccountFacts> PgLogIns::AccountOf(const std::string& desk_id, const std::string& institution_code,
                                             Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<DeskAccountFacts> {
    const pqxx::result rows = transaction.exec_params(kAccounts, desk_id, institution_code);
    if (rows.empty()) return Error{ErrorCode::kAccountNotUsable, "no account is bound to desk " + desk_id, {}};
    return FactsOf(rows[0]);
  });
}

Result<std::chrono::milliseconds> PgLogIns::LockLeft(const std::string& account_hash, const std::string& source,
                                                     Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::chrono::milliseconds> {
    return store::LockLeft(transaction, {account_hash, source, {}, owner_});
  });
}

Result<KnownAccount> PgLogIns::TakeTry(const LogInAttempt& attempt, std::chrono::milliseconds& locked_for,
                                       Deadline deadline) {
  std::optional<Error> locked;  // that it was refused has to be committed
  Result<KnownAccount> known = pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<KnownAccount> {
    locked.reset();
    const pqxx::result rows =
        transaction.exec_params(kKnown, attempt.account_id, attempt.institution_code, attempt.desk_id);
    KnownAccount account;
    if (!rows.empty())
      account = {rows[0]["password_hash"].as<std::string>(), rows[0]["bound_here"].as<bool>(),
                 rows[0]["active"].as<bool>()};
    const LogInTry one = TryOf(attempt, !rows.empty());
    const Result<void> taken = store::TakeTry(transaction, one, locked_for);
    if (!taken) {
      locked = taken.error();
      CountRefused(transaction, one);
    }
    return account;
  });
  if (known.ok() && locked) return std::move(*locked);
  return known;
}

Result<void> PgLogIns::ReturnTry(const LogInAttempt& attempt, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    store::ReturnTry(transaction, TryOf(attempt, false));
    return {};
  });
}

Result<void> PgLogIns::Wrong(const LogInAttempt& attempt, std::chrono::milliseconds& locked_for, Deadline deadline) {
  TRY_VOID(pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    const bool known =
        !transaction.exec_params(kKnown, attempt.account_id, attempt.institution_code, attempt.desk_id).empty();
    locked_for = CountFailure(transaction, TryOf(attempt, known));
    return {};
  }));
  return Error{
      locked_for.count() > 0 ? ErrorCode::kLogInLocked : ErrorCode::kLogInRefused, "desk " + attempt.desk_id, {}};
}

Result<void> PgLogIns::WhenUsable(const LogInAttempt& attempt, bool also_suspended,
                                  const std::function<Result<void>(pqxx::work&)>& act, Deadline deadline) {
  bool usable = false;
  TRY_VOID(pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    const pqxx::result rows = transaction.exec_params(kLockRow, attempt.account_id, attempt.institution_code,
                                                      attempt.desk_id, also_suspended);
    usable = !rows.empty() && rows[0]["usable"].as<bool>();
    if (usable) {
      ForgetFailures(transaction, TryOf(attempt, true));
      return act(transaction);
    }
    store::ReturnTry(transaction, TryOf(attempt, true));
    Note(transaction, audit::action::kAccountLogInRefused, attempt.desk_id, attempt.account_id,
         attempt.institution_code, ErrorCode::kAccountNotUsable, owner_);
    return {};
  }));
  if (!usable) return Error{ErrorCode::kAccountNotUsable, "not active at desk " + attempt.desk_id, {}};
  return {};
}

Result<void> PgLogIns::LogIn(const LogInAttempt& attempt, Deadline deadline) {
  return WhenUsable(
      attempt, false,
      [&](pqxx::work& transaction) -> Result<void> {
        transaction.exec_params(kLogIn, attempt.desk_id, attempt.account_id);
        transaction.exec_params(kUsed, attempt.account_id);
        Note(transaction, audit::action::kAccountLoggedIn, attempt.desk_id, attempt.account_id,
             attempt.institution_code, ErrorCode{}, owner_);
        return {};
      },
      deadline);
}

Result<void> PgLogIns::ChangePassword(const LogInAttempt& attempt, const std::string& old_hash,
                                      const std::string& new_hash, Deadline deadline) {
  return WhenUsable(
      attempt, false,
      [&](pqxx::work& transaction) -> Result<void> {
        if (transaction.exec_params(kChangePassword, attempt.account_id, old_hash, new_hash).affected_rows() == 0)
          return Error{ErrorCode::kChangedMeanwhile, attempt.account_id, {}};
        Note(transaction, audit::action::kAccountPasswordChanged, attempt.desk_id, attempt.account_id,
             attempt.institution_code, ErrorCode{}, owner_);
        return {};
      },
      deadline);
}

Result<std::vector<std::string>> PgLogIns::Deregister(const LogInAttempt& attempt, bool whole_desk, Deadline deadline) {
  std::vector<std::string> released;
  TRY_VOID(WhenUsable(
      attempt, true,
      [&](pqxx::work& transaction) -> Result<void> {
        released.clear();
        for (const pqxx::row& row :
             transaction.exec_params(kAccountsToRelease, attempt.desk_id, attempt.account_id, whole_desk)) {
          released.push_back(row[0].as<std::string>());
          TRY_VOID(ChangeState(transaction, {row[1].as<std::string>(), released.back(), account::Event::kRelease, "",
                                             kDesk, "", owner_}));
          Note(transaction, audit::action::kAccountDeregistered, attempt.desk_id, released.back(),
               row[1].as<std::string>(), ErrorCode{}, owner_);
        }
        if (transaction.exec_params(kHasAccounts, attempt.desk_id).empty()) {
          for (const char* statement : {kEndReservations, kRevokeCertificates, kEndDesk})
            transaction.exec_params(statement, attempt.desk_id);
          for (const pqxx::row& row : transaction.exec_params(kEndOperator, attempt.desk_id))
            WriteEvent(transaction,
                       {audit::action::kAccountOperatorSignedOut,
                        attempt.desk_id,
                        {},
                        0,
                        "the desk ended",
                        "",
                        "",
                        "staff:" + row[0].as<std::string>()},
                       owner_);
        }
        transaction.exec_params(kTellDesk, attempt.desk_id);
        return {};
      },
      deadline));
  return released;
}

Result<void> PgLogIns::LogOut(const std::string& desk_id, const std::string& institution_code, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    for (const pqxx::row& row : transaction.exec_params(kLogOut, desk_id, institution_code)) {
      Note(transaction, audit::action::kAccountLoggedOut, desk_id, row[0].as<std::string>(), row[1].as<std::string>(),
           ErrorCode{}, owner_);
    }
    return {};
  });
}

}  // namespace madoguchi::store
