// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_staff.h"

#include <map>

#include "server/account/limits.h"
#include "server/audit/event.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

using account::KnownOperator;
using account::PinAttempt;
using account::Roster;

constexpr char kRosterMost[] = R"(
  SELECT staff_count FROM application
  WHERE state IN ('accepted', 'recorded') AND reason IS NULL AND staff_count IS NOT NULL ORDER BY coalesce(decided_at, created_at) DESC, number DESC LIMIT 1)";
constexpr char kList[] = "SELECT staff_code, name, active, pin_must_change FROM staff ORDER BY NOT active, staff_code";
constexpr char kLocks[] = R"(
  SELECT account_hash, to_char(max(locked_until) AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"')
  FROM log_in_failure WHERE locked_until > clock_timestamp() AND account_id IS NULL GROUP BY account_hash)";
// The roster is counted and added to by one at a time.
constexpr char kLockRoster[] = "SELECT pg_advisory_xact_lock(hashtext('madoguchi.roster'))";
constexpr char kCount[] = "SELECT count(*) FROM staff WHERE active";
constexpr char kAdd[] = "INSERT INTO staff (staff_code, name, pin_hash) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING";
constexpr char kRemove[] = "UPDATE staff SET active = false WHERE staff_code = $1 AND active";
constexpr char kResetPin[] = "UPDATE staff SET pin_hash = $2, pin_must_change = true WHERE staff_code = $1 AND active";
constexpr char kSignOutEverywhere[] = "DELETE FROM operator_sign_in WHERE staff_code = $1 RETURNING desk_id";
constexpr char kForgetEverywhere[] =
    "DELETE FROM log_in_failure WHERE account_hash = $1 RETURNING source, refused, locked_until IS NOT NULL AS locked";
constexpr char kKnown[] = "SELECT pin_hash, pin_must_change FROM staff WHERE staff_code = $1 AND active";
constexpr char kLockStaff[] = "SELECT 1 FROM staff WHERE staff_code = $1 AND active AND NOT pin_must_change FOR UPDATE";
constexpr char kSignOutOther[] = R"(
  DELETE FROM operator_sign_in WHERE desk_id = $1::uuid
  RETURNING staff_code, last_used_at + idle_seconds * interval '1 second' <= clock_timestamp() AS idle)";
constexpr char kSignIn[] = R"(
  INSERT INTO operator_sign_in (desk_id, staff_code, idle_seconds) VALUES ($1::uuid, $2, $3)
  ON CONFLICT (desk_id) DO UPDATE SET staff_code = excluded.staff_code, idle_seconds = excluded.idle_seconds,
    signed_in_at = excluded.signed_in_at, last_used_at = excluded.last_used_at)";
constexpr char kChangePin[] =
    "UPDATE staff SET pin_hash = $3, pin_must_change = false WHERE staff_code = $1 AND pin_hash = $2 AND active";

std::string Actor(const std::string& staff_code) {
  return "staff:" + staff_code;
}

std::uint32_t RosterMost(pqxx::work& transaction) {
  const pqxx::result rows = transaction.exec(kRosterMost);
  return rows.empty() ? account::kStaffMax : rows[0][0].as<std::uint32_t>();
}

void Note(pqxx::work& transaction, const char* action, const std::string& desk_id, const std::string& detail,
          const std::string& actor, const std::string& owner) {
  WriteEvent(transaction, {action, desk_id, {}, 0, detail, "", "", actor}, owner);
}

void SignOutEverywhere(pqxx::work& transaction, const std::string& staff_code, const std::string& by,
                       const std::string& owner) {
  for (const pqxx::row& row : transaction.exec_params(kSignOutEverywhere, staff_code))
    Note(transaction, audit::action::kAccountOperatorSignedOut, row[0].as<std::string>(), "staff=" + staff_code, by,
         owner);
}

}  // namespace

LogInTry PgStaff::TryOf(const PinAttempt& attempt, bool known) const {
  LogInTry one{attempt.account_hash,
               attempt.source,
               {},
               owner_,
               attempt.desk_id,
               {},
               known ? Actor(attempt.staff_code) : std::string()};
  one.refused = ErrorCode::kOperatorRefused;
  return one;
}

Result<Roster> PgStaff::List(const std::function<std::string(const std::string&)>& hash_of, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<Roster> {
    Roster roster;
    roster.most = RosterMost(transaction);
    std::map<std::string, std::string> locks;
    for (const pqxx::row& row : transaction.exec(kLocks))
      locks.emplace(row[0].as<std::string>(), row[1].as<std::string>());
    for (const pqxx::row& row : transaction.exec(kList)) {
      account::StaffRow staff{
          row[0].as<std::string>(), row[1].as<std::string>(), row[2].as<bool>(), row[3].as<bool>(), {}};
      if (const auto lock = locks.find(hash_of(staff.staff_code)); lock != locks.end())
        staff.locked_until = lock->second;
      roster.staff.push_back(std::move(staff));
    }
    return roster;
  });
}

Result<void> PgStaff::Add(const account::StaffRow& row, const std::string& pin_hash, const std::string& by,
                          Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    transaction.exec(kLockRoster);
    if (transaction.exec(kCount)[0][0].as<std::uint32_t>() >= RosterMost(transaction))
      return Error{ErrorCode::kRosterFull, "", {}};
    if (transaction.exec_params(kAdd, row.staff_code, row.name, pin_hash).affected_rows() == 0)
      return Error{ErrorCode::kFieldInvalid, "staff code was given out before", {}};
    Note(transaction, audit::action::kAccountStaffAdded, "", "staff=" + row.staff_code, by, owner_);
    return {};
  });
}

Result<void> PgStaff::Remove(const std::string& staff_code, const std::string& by, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    if (transaction.exec_params(kRemove, staff_code).affected_rows() == 0)
      return Error{ErrorCode::kNotFoundHere, "staff", {}};
    SignOutEverywhere(transaction, staff_code, by, owner_);
    Note(transaction, audit::action::kAccountStaffRemoved, "", "staff=" + staff_code, by, owner_);
    return {};
  });
}

Result<void> PgStaff::ResetPin(const std::string& staff_code, const std::string& account_hash,
                               const std::string& pin_hash, const std::string& by, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    if (transaction.exec_params(kResetPin, staff_code, pin_hash).affected_rows() == 0)
      return Error{ErrorCode::kNotFoundHere, "staff", {}};
    for (const pqxx::row& row : transaction.exec_params(kForgetEverywhere, account_hash)) {
      if (row["locked"].as<bool>())
        Note(transaction, audit::action::kAccountLockEnded, "",
             LockDetail(row["source"].as<std::string>(), row["refused"].as<int>()), by, owner_);
    }
    SignOutEverywhere(transaction, staff_code, by, owner_);
    Note(transaction, audit::action::kAccountStaffPinReset, "", "staff=" + staff_code, by, owner_);
    return {};
  });
}

Result<KnownOperator> PgStaff::TakeTry(const PinAttempt& attempt, std::chrono::milliseconds& locked_for,
                                       Deadline deadline) {
  std::optional<Error> locked;  // that it was refused has to be committed
  Result<KnownOperator> known = pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<KnownOperator> {
    locked.reset();
    const pqxx::result rows = transaction.exec_params(kKnown, attempt.staff_code);
    KnownOperator person;
    if (!rows.empty()) person = {rows[0][0].as<std::string>(), rows[0][1].as<bool>()};
    const LogInTry one = TryOf(attempt, !rows.empty());
    const Result<void> taken = store::TakeTry(transaction, one, locked_for);
    if (!taken) {
      locked = taken.error();
      CountRefused(transaction, one);
    }
    return person;
  });
  if (known.ok() && locked) return std::move(*locked);
  return known;
}

Result<void> PgStaff::ReturnTry(const PinAttempt& attempt, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    store::ReturnTry(transaction, TryOf(attempt, false));
    return {};
  });
}

Result<void> PgStaff::Wrong(const PinAttempt& attempt, std::chrono::milliseconds& locked_for, Deadline deadline) {
  TRY_VOID(pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    const bool known = !transaction.exec_params(kKnown, attempt.staff_code).empty();
    locked_for = CountFailure(transaction, TryOf(attempt, known));
    return {};
  }));
  return Error{
      locked_for.count() > 0 ? ErrorCode::kLogInLocked : ErrorCode::kOperatorRefused, "desk " + attempt.desk_id, {}};
}

Result<void> PgStaff::SignIn(const PinAttempt& attempt, std::chrono::seconds idle, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    if (transaction.exec_params(kLockStaff, attempt.staff_code).empty())
      return Error{ErrorCode::kOperatorRefused, "removed or reset meanwhile", {}};
    ForgetFailures(transaction, TryOf(attempt, true));
    for (const pqxx::row& row : transaction.exec_params(kSignOutOther, attempt.desk_id)) {
      const auto before = row["staff_code"].as<std::string>();
      const char* const action = row["idle"].as<bool>()         ? audit::action::kAccountOperatorLocked
                                 : before == attempt.staff_code ? audit::action::kAccountOperatorSignedOut
                                                                : audit::action::kAccountOperatorSwitched;
      Note(transaction, action, attempt.desk_id, "to=" + Actor(attempt.staff_code), Actor(before), owner_);
    }
    transaction.exec_params(kSignIn, attempt.desk_id, attempt.staff_code, static_cast<int>(idle.count()));
    Note(transaction, audit::action::kAccountOperatorSignedIn, attempt.desk_id, "", Actor(attempt.staff_code), owner_);
    return {};
  });
}

Result<void> PgStaff::MustChange(const PinAttempt& attempt, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    ForgetFailures(transaction, TryOf(attempt, true));
    WriteEvent(transaction,
               {audit::action::kAccountLogInRefused,
                attempt.desk_id,
                {},
                static_cast<int>(ErrorCode::kOperatorPinMustChange),
                "",
                "",
                "",
                Actor(attempt.staff_code)},
               owner_);
    return {};
  });
}

Result<void> PgStaff::ChangePin(const PinAttempt& attempt, const std::string& old_hash, const std::string& new_hash,
                                Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    if (transaction.exec_params(kChangePin, attempt.staff_code, old_hash, new_hash).affected_rows() == 0)
      return Error{ErrorCode::kChangedMeanwhile, "PIN", {}};
    ForgetFailures(transaction, TryOf(attempt, true));
    Note(transaction, audit::action::kAccountOperatorPinChanged, attempt.desk_id, "", Actor(attempt.staff_code),
         owner_);
    return {};
  });
}

Result<void> PgStaff::SignOut(const std::string& desk_id, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    for (const pqxx::row& row : transaction.exec_params(kSignOutOther, desk_id))
      Note(transaction, audit::action::kAccountOperatorSignedOut, desk_id, "", Actor(row[0].as<std::string>()), owner_);
    return {};
  });
}

}  // namespace madoguchi::store
