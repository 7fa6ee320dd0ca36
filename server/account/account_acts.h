// SPDX-License-Identifier: Apache-2.0
// AccountActs: what an administrator does to a device account, step by step, over accounts.h and the national side.
// Thread: any; calls block on the database and, where said, the national side, up to their deadline. Owns nothing.
// Errors: those of accounts.h.
#pragma once
#include <functional>

#include "server/account/accounts.h"
#include "server/account/problem.h"
#include "server/account/releases.h"

namespace madoguchi::account {

class AccountActs {
 public:
  struct Parts {
    Accounts& accounts;
    Releases& releases;
    NationalAccounts& national;
  };
  explicit AccountActs(Parts parts) : parts_(parts) {}

  Result<std::vector<AccountFacts>> List(const std::vector<std::string>& institution_codes, Deadline deadline) {
    return parts_.accounts.List(institution_codes, deadline);
  }
  // Asks the national side for its own lock too (up to kNationalLockWithin; what it said last stays when it cannot be
  // reached).
  Result<AccountFacts> Show(const std::string& institution_code, const std::string& account_id, Deadline deadline);
  // As it is known here.
  Result<AccountFacts> Look(const std::string& institution_code, const std::string& account_id, Deadline deadline) {
    return parts_.accounts.Show(institution_code, account_id, deadline);
  }
  // FIELD_INVALID with problems: note, reason, holder.
  Result<void> SetNote(const AccountAct& act, const std::string& note, Problems& problems, Deadline deadline);
  // kPhone: an issued account is known to be used by the official app. kSpare: one on a phone is free again. kDesk:
  // only activation does that. The holder it has already: nothing happens.
  Result<void> SetHolder(const AccountAct& act, Holder holder, Problems& problems, Deadline deadline);
  Result<void> Suspend(const AccountAct& act, Problems& problems, Deadline deadline);
  Result<void> Resume(const AccountAct& act, Deadline deadline);
  // Release and End are told to the national side, at once or later.
  Result<void> Release(const AccountAct& act, Problems& problems, Deadline deadline);
  Result<void> End(const AccountAct& act, Problems& problems, Deadline deadline);
  // permit: whatever has to be used up first; only called when there is a lock to end. STATE_NOT_POSSIBLE: there is
  // none.
  Result<void> Unlock(const AccountAct& act, const std::function<Result<void>()>& permit, Deadline deadline);

 private:
  Result<void> ChangeWithReason(const AccountAct& act, Event event, Problems& problems, Deadline deadline);
  Parts parts_;
};

}  // namespace madoguchi::account
