// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_sessions.h"

#include "server/audit/authentication.h"
#include "server/audit/event.h"
#include "server/store/console_statements.h"
#include "server/store/tell_people.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

namespace action = audit::action;
using console::Attempt;
using console::Claim;
using console::Door;
using console::NewSession;
using console::SessionFacts;

constexpr char kDoor[] = R"(
  SELECT FROM console_certificate
  WHERE certificate_sha256 = decode($1, 'hex') AND console_id = $2::uuid AND revoked_at IS NULL AND not_after > clock_timestamp())";

// One statement: of a session that ends at the same moment, either the end or this call is first.
const std::string& AdmitSql() {
  static const std::string sql =
      R"(
    UPDATE console_session AS session SET last_used_at = clock_timestamp()
    FROM console_user AS person
    WHERE session.token_sha256 = decode($1, 'hex') AND session.console_id = $2 AND session.ended_at IS NULL
      AND session.ends_at > clock_timestamp() AND session.last_used_at > clock_timestamp() - $3::bigint * interval '1 second'
      AND person.user_id = session.user_id AND person.enabled
    RETURNING person.user_id, person.role, session.complete, session.by_recovery_code, person.password_must_change, person.totp_confirmed,
      ARRAY(SELECT institution_code FROM console_user_institution AS own WHERE own.user_id = person.user_id ORDER BY 1)::text AS codes,
      (SELECT count(*) FROM recovery_code AS code WHERE code.user_id = person.user_id AND code.used_at IS NULL) AS recovery_codes, )" +
      TimeSql("least(clock_timestamp() + $3::bigint * interval '1 second', session.ends_at)") + " AS idle_ends_at, " +
      TimeSql("session.ends_at") + " AS ends_at";
  return sql;
}

// One statement, which locks the row: of ids that nobody has, another log-in may remove the oldest at any moment. A
// lock that seems longer than any is, because the clock was set back, is cut to a whole one.
constexpr char kTakeFailureRow[] = R"(
  INSERT INTO console_log_in_failure AS failure (user_hash, user_id, failures, of)
  VALUES ($1, (SELECT user_id FROM console_user WHERE user_id = $2), 0, $3)
  ON CONFLICT (user_hash) DO UPDATE SET locked_until = CASE WHEN failure.locked_until IS NOT NULL
    THEN least(failure.locked_until, clock_timestamp() + $4::bigint * interval '1 second') END
  RETURNING failures, locked_until IS NOT NULL AND locked_until <= clock_timestamp() AS lock_over,
         COALESCE(ceil(extract(epoch FROM locked_until - clock_timestamp()) * 1000), 0)::bigint AS locked_ms)";
constexpr char kCountAttempt[] = R"(
  UPDATE console_log_in_failure SET failures = $2::int, last_at = clock_timestamp(),
    locked_until = CASE WHEN $3::bool THEN clock_timestamp() + $4::bigint * interval '1 second' END,
    user_id = (SELECT user_id FROM console_user WHERE user_id = $5)
  WHERE user_hash = $1)";
constexpr char kTakeBack[] = R"(
  UPDATE console_log_in_failure SET failures = greatest(failures - 1, 0), locked_until = NULL WHERE user_hash = $1)";
constexpr char kPerson[] = R"(
  SELECT enabled AND password_hash IS NOT NULL AS known, COALESCE(password_hash, '') AS password_hash,
         CASE WHEN totp_confirmed THEN encode(totp_sealed, 'hex') ELSE '' END AS totp, totp_last_step
  FROM console_user WHERE user_id = $1)";
// Ids that nobody has cannot fill the table.
constexpr char kForgetOldest[] = R"(
  DELETE FROM console_log_in_failure WHERE user_hash IN
    (SELECT user_hash FROM console_log_in_failure WHERE user_id IS NULL ORDER BY last_at DESC OFFSET $1::bigint))";

constexpr char kLockPerson[] = R"(
  SELECT totp_confirmed FROM console_user WHERE user_id = $1 AND enabled AND password_hash = $2 FOR UPDATE)";
constexpr char kUseStep[] =
    "UPDATE console_user SET totp_last_step = $2::bigint WHERE user_id = $1 AND totp_last_step < $2::bigint AND "
    "totp_confirmed";
constexpr char kUseRecoveryCode[] = R"(
  UPDATE recovery_code SET used_at = clock_timestamp() WHERE user_id = $1 AND code_hash = $2 AND used_at IS NULL)";
constexpr char kForgetFailures[] = "DELETE FROM console_log_in_failure WHERE user_hash = $1";
constexpr char kEndOldest[] = R"(
  UPDATE console_session SET ended_at = clock_timestamp() WHERE token_sha256 IN
    (SELECT token_sha256 FROM console_session WHERE user_id = $1 AND ended_at IS NULL ORDER BY begun_at DESC OFFSET $2::bigint))";
constexpr char kForgetSessions[] = R"(
  DELETE FROM console_session WHERE token_sha256 IN
    (SELECT token_sha256 FROM console_session
     WHERE coalesce(ended_at, ends_at) < clock_timestamp() - $1::bigint * interval '1 second' LIMIT $2::bigint))";
constexpr char kForgetResets[] = R"(
  DELETE FROM password_reset WHERE code_hash IN
    (SELECT code_hash FROM password_reset WHERE expires_at < clock_timestamp() - $1::bigint * interval '1 second' LIMIT $2::bigint))";
constexpr char kInsertSession[] = R"(
  INSERT INTO console_session (token_sha256, user_id, complete, console_id, ends_at, by_recovery_code)
  SELECT decode($1, 'hex'), user_id, totp_confirmed AND NOT password_must_change, $3, clock_timestamp() + $4::bigint * interval '1 second', $5::boolean
  FROM console_user WHERE user_id = $2)";

const char* Of(const Claim& claim) {
  return claim.of_reset ? "reset" : "log-in";
}

Error LogInRefused(const char* why) {
  return {ErrorCode::kConsoleLogInRefused, why, {}};
}

Result<void> CheckDoor(pqxx::work& transaction, const Door& door) {
  if (transaction.exec_params(kDoor, ToHex(door.certificate_sha256), door.console_id).empty())
    return Error{ErrorCode::kConsoleCertificateInvalid, "not in the book, revoked or expired: " + door.console_id, {}};
  return {};
}

Result<SessionFacts> LoadSession(pqxx::work& transaction, ByteView token_sha256, const std::string& console_id,
                                 const console::SessionTimes& times) {
  const std::chrono::seconds idle = times.idle;
  const pqxx::result rows = transaction.exec_params(AdmitSql(), ToHex(token_sha256), console_id, idle.count());
  if (rows.empty()) return Error{ErrorCode::kSessionInvalid, "unknown or ended", {}};
  const pqxx::row row = rows[0];
  SessionFacts facts;
  facts.user_id = row["user_id"].as<std::string>();
  facts.role = row["role"].as<std::string>();
  facts.complete = row["complete"].as<bool>();
  facts.by_recovery_code = row["by_recovery_code"].as<bool>();
  facts.password_must_change = row["password_must_change"].as<bool>();
  facts.totp_must_be_set_up = !row["totp_confirmed"].as<bool>();
  facts.institution_codes = Words(row["codes"].as<std::string>());
  facts.recovery_codes_left = row["recovery_codes"].as<std::uint32_t>();
  facts.idle_ends_at = row["idle_ends_at"].as<std::string>();
  facts.ends_at = row["ends_at"].as<std::string>();
  return facts;
}

const char* FactorsOf(const NewSession& session) {
  if (session.totp_step != 0) return audit::authentication::kPasswordAndTotp;
  return session.recovery_code_hash.empty() ? audit::authentication::kPassword
                                            : audit::authentication::kPasswordAndRecoveryCode;
}

// The second factor of this attempt, used up. What `Transact` rolls back is not used up.
Result<void> UseFactor(pqxx::work& transaction, const Claim& claim, const NewSession& session, bool totp_confirmed,
                       const std::string& owner) {
  if (session.totp_step != 0) {
    if (transaction.exec_params(kUseStep, claim.user_id, session.totp_step).affected_rows() == 0)
      return LogInRefused("code used before");
  } else if (!session.recovery_code_hash.empty()) {
    if (transaction.exec_params(kUseRecoveryCode, claim.user_id, session.recovery_code_hash).affected_rows() == 0)
      return LogInRefused("no such recovery code");
    WriteEvent(transaction, ConsoleEvent(action::kConsoleRecoveryCodeUsed, claim.user_id), owner);
  } else if (totp_confirmed) {
    return LogInRefused("no code");
  }
  return {};
}

}  // namespace

Result<void> PgSessions::AdmitConsole(const Door& door, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) { return CheckDoor(transaction, door); });
}

Result<SessionFacts> PgSessions::Admit(const Door& door, ByteView token_sha256, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<SessionFacts> {
    TRY_VOID(CheckDoor(transaction, door));
    return LoadSession(transaction, token_sha256, door.console_id, times_);
  });
}

Result<Attempt> PgSessions::BeginAttempt(const Claim& claim, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<Attempt> {
    Attempt attempt;
    const std::chrono::seconds lock = console::kLockedFor;
    const pqxx::row look =
        transaction.exec_params1(kTakeFailureRow, claim.user_hash, claim.user_id, Of(claim), lock.count());
    attempt.locked_for = std::chrono::milliseconds(std::max<std::int64_t>(look["locked_ms"].as<std::int64_t>(), 0));
    if (attempt.locked_for.count() > 0) return attempt;
    const int failures = (look["lock_over"].as<bool>() ? 0 : look["failures"].as<int>()) + 1;
    attempt.last = failures >= console::kAttemptsMax;
    transaction.exec_params(kCountAttempt, claim.user_hash, std::min(failures, console::kAttemptsMax), attempt.last,
                            lock.count(), claim.user_id);
    attempt.now = transaction.exec1("SELECT extract(epoch FROM clock_timestamp())::bigint")[0].as<std::int64_t>();
    const pqxx::result person = transaction.exec_params(kPerson, claim.user_id);
    if (person.empty() || !person[0]["known"].as<bool>()) return attempt;
    attempt.known = true;
    attempt.password_hash = person[0]["password_hash"].as<std::string>();
    attempt.totp_sealed = FromHex(person[0]["totp"].as<std::string>()).value_or(Bytes{});
    attempt.totp_last_step = person[0]["totp_last_step"].as<std::int64_t>();
    return attempt;
  });
}

Result<void> PgSessions::FailAttempt(const Claim& claim, const Attempt& attempt, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    // What was typed may be anything, also a password: only ids that exist are written down.
    const pqxx::result known =
        transaction.exec_params("SELECT user_id FROM console_user WHERE user_id = $1", claim.user_id);
    const std::string actor = known.empty() ? "" : known[0][0].as<std::string>();
    audit::Event event = ConsoleEvent(action::kConsoleLogInRefused, actor, std::string("of=") + Of(claim));
    event.code = static_cast<int>(ErrorCode::kConsoleLogInRefused);
    WriteEvent(transaction, event, owner_);
    if (attempt.last) {
      event.action = action::kConsoleLocked;
      event.code = static_cast<int>(ErrorCode::kConsoleLogInLocked);
      WriteEvent(transaction, event, owner_);
    }
    transaction.exec_params(kForgetOldest, console::kFailureRowsMax);
    return {};
  });
}

Result<void> PgSessions::TakeBackAttempt(const Claim& claim, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    transaction.exec_params(kTakeBack, claim.user_hash);
    return {};
  });
}

Result<bool> PgSessions::ForgetEnded(Deadline deadline) {
  return pool_.Run(deadline, [](pqxx::work& transaction) -> Result<bool> {
    const std::chrono::seconds sessions_kept = console::kEndedSessionsKept, resets_kept = console::kEndedResetsKept;
    const auto sessions = transaction.exec_params(kForgetSessions, sessions_kept.count(), console::kForgottenAtOnce);
    const auto resets = transaction.exec_params(kForgetResets, resets_kept.count(), console::kForgottenAtOnce);
    return std::max(sessions.affected_rows(), resets.affected_rows()) < console::kForgottenAtOnce;
  });
}

Result<SessionFacts> PgSessions::BeginSession(const Claim& claim, const NewSession& session, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<SessionFacts> {
    const pqxx::result person = transaction.exec_params(kLockPerson, claim.user_id, session.password_hash);
    if (person.empty()) return LogInRefused("changed meanwhile");
    TRY_VOID(UseFactor(transaction, claim, session, person[0][0].as<bool>(), owner_));
    transaction.exec_params(kForgetFailures, claim.user_hash);
    const std::chrono::seconds longest = times_.longest;
    transaction.exec_params(kInsertSession, ToHex(session.token_sha256), claim.user_id, session.console_id,
                            longest.count(), !session.recovery_code_hash.empty());
    transaction.exec_params(kEndOldest, claim.user_id, console::kSessionsPerUserMax);
    transaction.exec_params("UPDATE console_user SET last_log_in_at = clock_timestamp() WHERE user_id = $1",
                            claim.user_id);
    Result<SessionFacts> facts = LoadSession(transaction, session.token_sha256, session.console_id, times_);
    if (!facts) return facts;
    audit::Event event = ConsoleEvent(action::kConsoleLoggedIn, claim.user_id, "console=" + session.console_id);
    event.role = facts->role;
    event.authentication = FactorsOf(session);
    WriteEvent(transaction, event, owner_);
    return facts;
  });
}

Result<void> PgSessions::EndSession(ByteView token_sha256, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    const pqxx::result ended = transaction.exec_params(
        "UPDATE console_session SET ended_at = clock_timestamp() WHERE token_sha256 = decode($1, 'hex') AND ended_at "
        "IS NULL RETURNING user_id",
        ToHex(token_sha256));
    if (!ended.empty())
      WriteEvent(transaction, ConsoleEvent(action::kConsoleLoggedOut, ended[0][0].as<std::string>()), owner_);
    return {};
  });
}

Result<void> PgSessions::UseTotpStep(const Claim& claim, std::int64_t step, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    if (transaction.exec_params(kUseStep, claim.user_id, step).affected_rows() == 0)
      return LogInRefused("code used before");
    transaction.exec_params(kForgetFailures, claim.user_hash);
    return {};
  });
}

}  // namespace madoguchi::store
