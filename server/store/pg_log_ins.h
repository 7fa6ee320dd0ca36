// SPDX-License-Identifier: Apache-2.0
// PgLogIns: account::LogIns over device_account, log_in_failure, desk_log_in. Thread: any. `pool` outlives it.
#pragma once
#include <functional>

#include "server/account/log_ins.h"
#include "server/store/account_statements.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgLogIns final : public account::LogIns {
 public:
  PgLogIns(PgPool& pool, std::string owner) : pool_(pool), owner_(std::move(owner)) {}
  Result<void> Admit(const std::string& desk_id, ByteView certificate_sha256, Deadline deadline) override;
  Result<account::DeskStanding> Describe(const std::string& desk_id, ByteView certificate_sha256,
                                      Deadline deadline) override;
  Result<account::DeskAccountFacts> AccountOf(const std::string& desk_id, const std::string& institution_code,
                                              Deadline deadline) override;
  Result<std::chrono::milliseconds> LockLeft(const std::string& account_hash, const std::string& source,
                                             Deadline deadline) override;
  Result<account::KnownAccount> TakeTry(const account::LogInAttempt& attempt, std::chrono::milliseconds& locked_for,
                                        Deadline deadline) override;
  Result<void> ReturnTry(const account::LogInAttempt& attempt, Deadline deadline) override;
  Result<void> Wrong(const account::LogInAttempt& attempt, std::chrono::milliseconds& locked_for,
                     Deadline deadline) override;
  Result<void> LogIn(const account::LogInAttempt& attempt, Deadline deadline) override;
  Result<void> ChangePassword(const account::LogInAttempt& attempt, const std::string& old_hash,
                              const std::string& new_hash, Deadline deadline) override;
  Result<std::vector<std::string>> Deregister(const account::LogInAttempt& attempt, bool whole_desk,
                                              Deadline deadline) override;
  Result<void> LogOut(const std::string& desk_id, const std::string& institution_code, Deadline deadline) override;

 private:
  LogInTry TryOf(const account::LogInAttempt& attempt, bool known) const;
  // Runs `act` when the account is bound to the attempt's desk and (unless `also_suspended`) active; else gives the try
  // back, records the refusal and answers ACCOUNT_NOT_USABLE.
  Result<void> WhenUsable(const account::LogInAttempt& attempt, bool also_suspended,
                          const std::function<Result<void>(pqxx::work&)>& act, Deadline deadline);
  PgPool& pool_;
  const std::string owner_;
};

}  // namespace madoguchi::store
