// SPDX-License-Identifier: Apache-2.0
// PgMail: account::MailBook over the table outgoing_mail; the recipient is in no row of the trail. Thread: any. `pool`
// outlives it.
#pragma once
#include "server/account/mail_book.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgMail final : public account::MailBook {
 public:
  PgMail(PgPool& pool, std::string owner) : pool_(pool), owner_(std::move(owner)) {}
  Result<void> Add(const account::SealedMail& mail, Deadline deadline) override;
  Result<std::optional<account::DueMail>> TakeDue(Deadline deadline) override;
  Result<void> Sent(const std::string& mail_id, Deadline deadline) override;
  Result<void> Later(const std::string& mail_id, ErrorCode code, std::chrono::milliseconds next,
                     Deadline deadline) override;
  Result<void> GiveUp(const std::string& mail_id, ErrorCode code, Deadline deadline) override;

 private:
  PgPool& pool_;
  const std::string owner_;
};

}  // namespace madoguchi::store
