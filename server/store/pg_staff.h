// SPDX-License-Identifier: Apache-2.0
// PgStaff: account::StaffBook over staff, operator_sign_in and log_in_failure. Thread: any. `pool` outlives it.
#pragma once
#include <functional>

#include "server/account/staff_book.h"
#include "server/store/account_statements.h"
#include "server/store/pg_pool.h"

namespace madoguchi::store {

class PgStaff final : public account::StaffBook {
 public:
  PgStaff(PgPool& pool, std::string owner) : pool_(pool), owner_(std::move(owner)) {}
  Result<account::Roster> List(const std::function<std::string(const std::string&)>& hash_of,
                               Deadline deadline) override;
  Result<void> Add(const account::StaffRow& row, const std::string& pin_hash, const std::string& by,
                   Deadline deadline) override;
  Result<void> Remove(const std::string& staff_code, const std::string& by, Deadline deadline) override;
  Result<void> ResetPin(const std::string& staff_code, const std::string& account_hash, const std::string& pin_hash,
                        const std::string& by, Deadline deadline) override;
  Result<account::KnownOperator> TakeTry(const account::PinAttempt& attempt, std::chrono::milliseconds& locked_for,
                                         Deadline deadline) override;
  Result<void> ReturnTry(const account::PinAttempt& attempt, Deadline deadline) override;
  Result<void> Wrong(const account::PinAttempt& attempt, std::chrono::milliseconds& locked_for,
                     Deadline deadline) override;
  Result<void> SignIn(const account::PinAttempt& attempt, std::chrono::seconds idle, Deadline deadline) override;
  Result<void> MustChange(const account::PinAttempt& attempt, Deadline deadline) override;
  Result<void> ChangePin(const account::PinAttempt& attempt, const std::string& old_hash, const std::string& new_hash,
                         Deadline deadline) override;
  Result<void> SignOut(const std::string& desk_id, Deadline deadline) override;

 private:
  LogInTry TryOf(const account::PinAttempt& attempt, bool known) const;
  PgPool& pool_;
  const std::string owner_;
};

}  // namespace madoguchi::store
