// SPDX-License-Identifier: Apache-2.0
// ReleaseBook: the releases of which the national side has not heard yet, and what else of the accounts has to be
// looked at from time to time. store/ implements it. Thread: any; calls block up to their deadline. Errors: DATABASE_….
#pragma once
#include <string>
#include <vector>

#include "contract/deadline.h"
#include "contract/result.h"
#include "server/account/sealed_sheet.h"

namespace madoguchi::account {

inline constexpr int kReleasesAtOnceMax = 20;
inline constexpr int kUpkeepRowsMax = 500;  // of one kind at a time

struct DueRelease {
  std::string institution_code, account_id, desk_id;
  int step = 0;  // of account_step: which release it is, so that each has one idempotency key
};

class ReleaseBook {
 public:
  virtual ~ReleaseBook() = default;
  // account_ids empty: any, at most kReleasesAtOnceMax, in no order that a stubborn one could block.
  virtual Result<std::vector<DueRelease>> Due(const std::vector<std::string>& account_ids, Deadline deadline) = 0;
  // The national side confirmed it. forms: what it issued at once; nothing: the new sheet has to be imported. No effect
  // when the account was activated again meanwhile.
  virtual Result<void> Confirmed(const DueRelease& release, const IssuedForms* forms, Deadline deadline) = 0;

  // Locks that ended go into the trail once; ones that a clock set back made longer are shortened; failures of accounts
  // nobody knows are forgotten beyond kFailureRowsMax. → how many ends were announced.
  virtual Result<int> LookAtLocks(Deadline deadline) = 0;
  // Operators idle for too long are signed out. → how many.
  virtual Result<int> EndIdleOperators(Deadline deadline) = 0;
};

}  // namespace madoguchi::account
