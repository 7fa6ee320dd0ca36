// SPDX-License-Identifier: Apache-2.0
// The part of PgSessions that changes passwords and TOTP.
#include "server/audit/event.h"
#include "server/store/console_statements.h"
#include "server/store/pg_sessions.h"
#include "server/store/tell_people.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

namespace action = audit::action;
using console::Claim;

constexpr char kSetPassword[] =
    "UPDATE console_user SET password_hash = $2, password_must_change = false WHERE user_id = $1 AND enabled";
constexpr char kCompleteSession[] = R"(
  UPDATE console_session AS session SET complete = person.totp_confirmed AND NOT person.password_must_change
  FROM console_user AS person WHERE person.user_id = session.user_id AND session.user_id = $1 AND session.ended_at IS NULL)";
constexpr char kForgetFailures[] = "DELETE FROM console_log_in_failure WHERE user_hash = $1";
constexpr char kConfirm[] = R"(
  UPDATE console_user SET totp_sealed = totp_next_sealed, totp_next_sealed = NULL, totp_confirmed = true, totp_last_step = $3::bigint
  WHERE user_id = $1 AND enabled AND totp_next_sealed = decode($2, 'hex'))";
constexpr char kMakeReset[] = R"(
  INSERT INTO password_reset (code_hash, user_id, expires_at)
  SELECT $2, user_id, clock_timestamp() + $3::bigint * interval '1 second' FROM console_user
  WHERE user_id = $1 AND enabled
    AND (SELECT count(*) FROM password_reset AS made WHERE made.user_id = $1
           AND made.expires_at > clock_timestamp() + $3::bigint * interval '1 second' - interval '1 hour') < $4::bigint)";
constexpr char kUseReset[] = R"(
  UPDATE password_reset SET used_at = clock_timestamp()
  WHERE code_hash = $1 AND user_id = $2 AND used_at IS NULL AND expires_at > clock_timestamp())";

}  // namespace

Result<void> PgSessions::ChangePassword(const Claim& claim, const std::string& password_hash, ByteView token_sha256,
                                        Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    if (transaction.exec_params(kSetPassword, claim.user_id, password_hash).affected_rows() == 0)
      return Error{ErrorCode::kSessionInvalid, "disabled meanwhile", {}};
    transaction.exec_params(kForgetFailures, claim.user_hash);
    EndSessions(transaction, claim.user_id, token_sha256);
    transaction.exec_params(kCompleteSession, claim.user_id);
    WriteEvent(transaction, ConsoleEvent(action::kConsolePasswordChanged, claim.user_id), owner_);
    return {};
  });
}

Result<void> PgSessions::KeepNextTotp(const Claim& claim, const Bytes& sealed, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    transaction.exec_params("UPDATE console_user SET totp_next_sealed = decode($2, 'hex') WHERE user_id = $1",
                            claim.user_id, ToHex(sealed));
    transaction.exec_params(kForgetFailures, claim.user_hash);
    return {};
  });
}

Result<console::SessionBook::NextTotp> PgSessions::LoadNextTotp(const std::string& user_id, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<NextTotp> {
    const pqxx::result rows = transaction.exec_params(
        "SELECT encode(totp_next_sealed, 'hex'), extract(epoch FROM clock_timestamp())::bigint FROM console_user "
        "WHERE user_id = $1 AND totp_next_sealed IS NOT NULL",
        user_id);
    if (rows.empty()) return Error{ErrorCode::kStateNotPossible, "no TOTP secret was begun", {}};
    return NextTotp{FromHex(rows[0][0].as<std::string>()).value_or(Bytes{}), rows[0][1].as<std::int64_t>()};
  });
}

Result<void> PgSessions::ConfirmTotp(const std::string& user_id, const ConfirmedTotp& totp, ByteView token_sha256,
                                     Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    if (transaction.exec_params(kConfirm, user_id, ToHex(totp.sealed), totp.step).affected_rows() == 0)
      return Error{ErrorCode::kChangedMeanwhile, "another TOTP secret was begun", {}};
    transaction.exec_params("DELETE FROM recovery_code WHERE user_id = $1", user_id);
    for (const std::string& hash : totp.recovery_code_hashes)
      transaction.exec_params("INSERT INTO recovery_code (user_id, code_hash) VALUES ($1, $2)", user_id, hash);
    EndSessions(transaction, user_id, token_sha256);
    transaction.exec_params(kCompleteSession, user_id);
    WriteEvent(transaction, ConsoleEvent(action::kConsoleTotpConfirmed, user_id), owner_);
    return {};
  });
}

Result<void> PgSessions::MakeReset(const std::string& user_id, const std::string& code_hash,
                                   const account::SealedMail& mail, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    // The row lock lets requests at the same moment count one by one.
    transaction.exec_params("SELECT FROM console_user WHERE user_id = $1 FOR UPDATE", user_id);
    const std::chrono::seconds valid = console::kResetValid;
    const pqxx::result made =
        transaction.exec_params(kMakeReset, user_id, code_hash, valid.count(), console::kResetsPerHourMax);
    if (made.affected_rows() == 0) return {};
    WriteEvent(transaction, ConsoleEvent(action::kConsoleResetAsked, user_id), owner_);
    return QueueMail(transaction, mail);
  });
}

Result<void> PgSessions::UseReset(const Claim& claim, const std::string& code_hash, const std::string& password_hash,
                                  Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    const Error refused{ErrorCode::kConsoleLogInRefused, "reset code unknown, used or expired", {}};
    if (transaction.exec_params(kUseReset, code_hash, claim.user_id).affected_rows() == 0) return refused;
    if (transaction.exec_params(kSetPassword, claim.user_id, password_hash).affected_rows() == 0) return refused;
    transaction.exec_params("DELETE FROM console_log_in_failure WHERE user_id = $1", claim.user_id);  // of both kinds
    EndSessions(transaction, claim.user_id, {});
    WriteEvent(transaction, ConsoleEvent(action::kConsolePasswordReset, claim.user_id), owner_);
    return {};
  });
}

}  // namespace madoguchi::store
