// SPDX-License-Identifier: Apache-2.0
// PgReleases: account::ReleaseBook over device_account, log_in_failure and operator_sign_in. Several servers may do the
// same at the same time: each row is announced or ended once. Thread: any. `pool` outlives it.
#pragma once
#include "server/account/release_book.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgReleases final : public account::ReleaseBook {
 public:
  PgReleases(PgPool& pool, std::string owner) : pool_(pool), owner_(std::move(owner)) {}
  Result<std::vector<account::DueRelease>> Due(const std::vector<std::string>& account_ids, Deadline deadline) override;
  Result<void> Confirmed(const account::DueRelease& release, const account::IssuedForms* forms,
                         Deadline deadline) override;
  Result<int> LookAtLocks(Deadline deadline) override;
  Result<int> EndIdleOperators(Deadline deadline) override;

 private:
  PgPool& pool_;
  const std::string owner_;
};

}  // namespace madoguchi::store
