// SPDX-License-Identifier: Apache-2.0
// PgSessions: console::SessionBook over the tables console_user, console_session, console_log_in_failure, recovery_code
// and password_reset. What changes and its row in the trail are one transaction. Thread: any. `pool` outlives it.
#pragma once
#include "server/console/session_book.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgSessions final : public console::SessionBook {
 public:
  // owner: this server process, for the trail.
  PgSessions(PgPool& pool, std::string owner, console::SessionTimes times)
      : pool_(pool), owner_(std::move(owner)), times_(times) {}

  Result<void> AdmitConsole(const console::Door& door, Deadline deadline) override;
  Result<console::SessionFacts> Admit(const console::Door& door, ByteView token_sha256, Deadline deadline) override;
  Result<console::Attempt> BeginAttempt(const console::Claim& claim, Deadline deadline) override;
  Result<void> FailAttempt(const console::Claim& claim, const console::Attempt& attempt, Deadline deadline) override;
  Result<void> TakeBackAttempt(const console::Claim& claim, Deadline deadline) override;
  Result<console::SessionFacts> BeginSession(const console::Claim& claim, const console::NewSession& session,
                                             Deadline deadline) override;
  Result<void> EndSession(ByteView token_sha256, Deadline deadline) override;
  Result<void> UseTotpStep(const console::Claim& claim, std::int64_t step, Deadline deadline) override;
  Result<void> ChangePassword(const console::Claim& claim, const std::string& password_hash, ByteView token_sha256,
                              Deadline deadline) override;
  Result<void> KeepNextTotp(const console::Claim& claim, const Bytes& sealed, Deadline deadline) override;
  Result<NextTotp> LoadNextTotp(const std::string& user_id, Deadline deadline) override;
  Result<void> ConfirmTotp(const std::string& user_id, const ConfirmedTotp& totp, ByteView token_sha256,
                           Deadline deadline) override;
  Result<void> MakeReset(const std::string& user_id, const std::string& code_hash, const account::SealedMail& mail,
                         Deadline deadline) override;
  Result<void> UseReset(const console::Claim& claim, const std::string& code_hash, const std::string& password_hash,
                        Deadline deadline) override;
  Result<bool> ForgetEnded(Deadline deadline) override;

 private:
  PgPool& pool_;
  const std::string owner_;
  const console::SessionTimes times_;
};

}  // namespace madoguchi::store
