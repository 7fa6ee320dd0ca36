// SPDX-License-Identifier: Apache-2.0
#include "server/store/pg_mail.h"

#include "server/audit/event.h"
#include "server/store/tell_people.h"
#include "server/store/trail_statements.h"

namespace madoguchi::store {
namespace {

constexpr char kTake[] = R"(
  UPDATE outgoing_mail SET attempts = attempts + 1, next_at = clock_timestamp() + $1::int * interval '1 second'
  WHERE mail_id = (SELECT mail_id FROM outgoing_mail WHERE next_at <= clock_timestamp() ORDER BY next_at
                   LIMIT 1 FOR UPDATE SKIP LOCKED)
  RETURNING mail_id, recipient, kind, encode(sealed, 'hex') AS sealed, attempts, give_up_at <= clock_timestamp() AS last)";
constexpr char kRemove[] = "DELETE FROM outgoing_mail WHERE mail_id = $1::uuid RETURNING kind";
constexpr char kLater[] = R"(
  UPDATE outgoing_mail SET next_at = clock_timestamp() + $2::bigint * interval '1 millisecond', last_code = $3::int WHERE mail_id = $1::uuid)";

void Record(pqxx::work& transaction, const char* action, ErrorCode code, bool failed, const std::string& kind,
            const std::string& owner) {
  WriteEvent(transaction,
             {.action = action,
              .desk_id = {},
              .press_id = {},
              .code = failed ? static_cast<int>(code) : 0,
              .detail = kind,
              .account_id = {},
              .institution_code = {},
              .actor = "server"},
             owner);
}

}  // namespace

Result<void> PgMail::Add(const account::SealedMail& mail, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) { return QueueMail(transaction, mail); });
}

Result<std::optional<account::DueMail>> PgMail::TakeDue(Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<std::optional<account::DueMail>> {
    const pqxx::result rows = transaction.exec_params(kTake, static_cast<int>(account::kMailTakenFor.count()));
    if (rows.empty()) return std::optional<account::DueMail>{};
    const pqxx::row row = rows[0];
    account::DueMail due;
    due.mail = {row["mail_id"].c_str(), row["recipient"].c_str(), row["kind"].c_str(),
                FromHex(row["sealed"].c_str()).value_or(Bytes{})};
    due.attempts = row["attempts"].as<int>();
    due.last = row["last"].as<bool>();
    return std::optional(std::move(due));
  });
}

Result<void> PgMail::Sent(const std::string& mail_id, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    const pqxx::result rows = transaction.exec_params(kRemove, mail_id);
    if (!rows.empty())
      Record(transaction, audit::action::kMailSent, ErrorCode::kMailNotSent, false, rows[0]["kind"].c_str(), owner_);
    return {};
  });
}

Result<void> PgMail::Later(const std::string& mail_id, ErrorCode code, std::chrono::milliseconds next,
                           Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    transaction.exec_params(kLater, mail_id, static_cast<long>(next.count()), static_cast<int>(code));
    return {};
  });
}

Result<void> PgMail::GiveUp(const std::string& mail_id, ErrorCode code, Deadline deadline) {
  return pool_.Run(deadline, [&](pqxx::work& transaction) -> Result<void> {
    const pqxx::result rows = transaction.exec_params(kRemove, mail_id);
    if (rows.empty()) return {};
    const std::string kind = rows[0]["kind"].c_str();
    RaiseNotice(transaction, "mail.given_up", kind + " " + mail_id);
    Record(transaction, audit::action::kMailGivenUp, code, true, kind, owner_);
    return {};
  });
}

}  // namespace madoguchi::store
