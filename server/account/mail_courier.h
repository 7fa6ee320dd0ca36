// SPDX-License-Identifier: Apache-2.0
// MailCourier: carries queued mails to the mail server, with longer and longer pauses, for kMailTriedFor; then it gives
// up. Without a mail server they wait as long. SealedMailQueue: MailQueue over the book. Thread: Tick from one thread
// per process; several processes may Tick at once. Owns nothing. Errors: 17xx.
#pragma once
#include <chrono>
#include <functional>
#include <string>

#include "contract/crypto/seal.h"
#include "server/account/mail_book.h"

namespace madoguchi::account {

inline constexpr std::chrono::seconds kMailSendWithin{30};
inline constexpr std::chrono::milliseconds kMailPauseFirst{30'000};
inline constexpr std::chrono::milliseconds kMailPauseMost{30 * 60'000};
inline constexpr std::chrono::milliseconds kMailRoundEvery{5'000};
inline constexpr int kMailsPerRound = 20;

class MailCourier {
 public:
  // send: hands over one finished message (outbound::SmtpClient); empty: there is no mail server.
  using Send = std::function<Result<void>(const std::string& from, const std::string& recipient,
                                          const std::string& message, Deadline deadline)>;
  MailCourier(MailBook& book, const crypto::Seal& seal, std::string from, Send send)
      : book_(book), seal_(seal), from_(std::move(from)), send_(std::move(send)) {}
  // Everything that is due, at most kMailsPerRound. → true: nothing more is due now.
  Result<bool> Tick(Deadline deadline);

 private:
  Result<void> Deliver(const DueMail& due, Deadline deadline);
  MailBook& book_;
  const crypto::Seal& seal_;
  const std::string from_;
  const Send send_;
};

class SealedMailQueue final : public MailQueue {
 public:
  SealedMailQueue(MailBook& book, const crypto::Seal& seal) : book_(book), seal_(seal) {}
  Result<void> Queue(const Mail& mail, Deadline deadline) override;

 private:
  MailBook& book_;
  const crypto::Seal& seal_;
};

// Doubled after each attempt, from first to most.
std::chrono::milliseconds PauseAfter(int attempts, std::chrono::milliseconds first, std::chrono::milliseconds most);

}  // namespace madoguchi::account
