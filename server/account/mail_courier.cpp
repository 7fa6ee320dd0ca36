// SPDX-License-Identifier: Apache-2.0
#include "server/account/mail_courier.h"

#include <algorithm>

#include "contract/log.h"
#include "server/account/mail_message.h"

namespace madoguchi::account {

std::chrono::milliseconds PauseAfter(int attempts, std::chrono::milliseconds first, std::chrono::milliseconds most) {
  std::chrono::milliseconds pause = first;
  for (int i = 1; i < attempts && pause < most; ++i) pause *= 2;
  return std::min(pause, most);
}

Result<bool> MailCourier::Tick(Deadline deadline) {
  for (int i = 0; i < kMailsPerRound; ++i) {
    TRY_ASSIGN(const std::optional<DueMail> due, book_.TakeDue(deadline));
    if (!due) return true;
    const Result<void> delivered = Deliver(*due, deadline);
    if (delivered.ok()) {
      TRY_VOID(book_.Sent(due->mail.mail_id, deadline));
      continue;
    }
    log::Report("account", "mail_not_sent", delivered.error());
    if (due->last) {
      TRY_VOID(book_.GiveUp(due->mail.mail_id, delivered.error().code, deadline));
    } else {
      const auto pause = PauseAfter(due->attempts, kMailPauseFirst, kMailPauseMost);
      TRY_VOID(book_.Later(due->mail.mail_id, delivered.error().code, pause, deadline));
    }
  }
  return false;
}

Result<void> MailCourier::Deliver(const DueMail& due, Deadline deadline) {
  if (!send_) return Error{ErrorCode::kMailNotSent, "no mail server is set (mail.url)", {}};
  TRY_ASSIGN(Mail mail, OpenMail(seal_, due.mail));
  auto message = InternetMessage(mail, from_, due.mail.mail_id, std::chrono::system_clock::now());
  WipeMail(mail);
  if (!message.ok()) return std::move(message).error();
  const Result<void> sent = send_(from_, due.mail.recipient, *message, deadline.Capped(kMailSendWithin));
  Wipe({reinterpret_cast<std::uint8_t*>(message->data()), message->size()});
  return sent;
}

Result<void> SealedMailQueue::Queue(const Mail& mail, Deadline deadline) {
  TRY_ASSIGN(const SealedMail sealed, SealMail(seal_, mail));
  return book_.Add(sealed, deadline);
}

}  // namespace madoguchi::account
