// SPDX-License-Identifier: Apache-2.0
// MailBook: the queue of mails in the database. store/ implements it; parts of store/ that queue a mail together with
// what it is about use store/mail_rows.h. A mail is given to one server process for kMailTakenFor, tried for
// kMailTriedFor, then given up with a notice. Thread: any; calls block up to their deadline. Errors: those of the
// database (17xx).
#pragma once
#include <chrono>
#include <optional>

#include "contract/deadline.h"
#include "contract/result.h"
#include "server/account/sealed_mail.h"

namespace madoguchi::account {

inline constexpr std::chrono::hours kMailTriedFor{24};
inline constexpr std::chrono::seconds kMailTakenFor{120};
inline constexpr std::size_t kMailsWaitingMax = 10'000;  // more are refused

struct DueMail {
  SealedMail mail;
  int attempts = 0;   // this one included
  bool last = false;  // its time is over: give it up
};

class MailBook {
 public:
  virtual ~MailBook() = default;
  virtual Result<void> Add(const SealedMail& mail, Deadline deadline) = 0;  // SERVER_BUSY: kMailsWaitingMax
  virtual Result<std::optional<DueMail>> TakeDue(Deadline deadline) = 0;
  virtual Result<void> Sent(const std::string& mail_id, Deadline deadline) = 0;
  virtual Result<void> Later(const std::string& mail_id, ErrorCode code, std::chrono::milliseconds next,
                             Deadline deadline) = 0;
  virtual Result<void> GiveUp(const std::string& mail_id, ErrorCode code, Deadline deadline) = 0;
};

}  // namespace madoguchi::account
