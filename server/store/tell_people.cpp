// SPDX-License-Identifier: Apache-2.0
#include "server/store/tell_people.h"

#include "server/account/mail_book.h"

namespace madoguchi::store {

bool RaiseNotice(pqxx::work& transaction, const std::string& kind, const std::string& about) {
  return transaction
             .exec_params("INSERT INTO notice (kind, about) VALUES ($1, left($2, 200)) ON CONFLICT DO NOTHING", kind,
                          about)
             .affected_rows() == 1;
}

Result<void> QueueMail(pqxx::work& transaction, const account::SealedMail& mail) {
  const pqxx::result added = transaction.exec_params(
      "INSERT INTO outgoing_mail (mail_id, recipient, kind, sealed, give_up_at) "
      "SELECT $1::uuid, $2, $3, decode($4, 'hex'), clock_timestamp() + $5::int * interval '1 hour' "
      "WHERE (SELECT count(*) FROM outgoing_mail) < $6::bigint",
      mail.mail_id, mail.recipient, mail.kind, ToHex(mail.sealed), static_cast<int>(account::kMailTriedFor.count()),
      static_cast<long>(account::kMailsWaitingMax));
  if (added.affected_rows() == 0) return Error{ErrorCode::kServerBusy, "too many mails wait", {}};
  return {};
}

}  // namespace madoguchi::store
