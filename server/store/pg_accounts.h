// SPDX-License-Identifier: Apache-2.0
// PgAccounts: account::Accounts over device_account and what belongs to it. Thread: any. `pool` outlives it.
#pragma once
#include "server/account/accounts.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgAccounts final : public account::Accounts {
 public:
  PgAccounts(PgPool& pool, std::string owner) : pool_(pool), owner_(std::move(owner)) {}
  Result<std::vector<account::AccountFacts>> List(const std::vector<std::string>& institution_codes,
                                                  Deadline deadline) override;
  Result<account::AccountFacts> Show(const std::string& institution_code, const std::string& account_id,
                                     Deadline deadline) override;
  Result<void> SetNote(const account::AccountAct& act, const std::string& note, Deadline deadline) override;
  Result<void> Change(const account::AccountAct& act, account::Event event, Deadline deadline) override;
  Result<bool> IsLocked(const account::AccountAct& act, Deadline deadline) override;
  Result<void> Unlock(const account::AccountAct& act, Deadline deadline) override;
  Result<void> KeepNationalLock(const std::string& account_id, std::chrono::milliseconds locked_for,
                                Deadline deadline) override;

 private:
  PgPool& pool_;
  const std::string owner_;
};

}  // namespace madoguchi::store
