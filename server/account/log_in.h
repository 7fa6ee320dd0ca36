// SPDX-License-Identifier: Apache-2.0
// Log-in of a desk to its device account, and what else needs the account's password. One hash for known and unknown
// accounts alike, computed without a database connection, between two short transactions:
//   take a try (LOG_IN_LOCKED when none is left) → compare → right: act, tries given back · wrong: LOG_IN_REFUSED
// Nothing of this ends a session that works already, but Deregister and LogOut, which are asked to.
// Thread: any; calls block up to their deadline. Owns nothing.
#pragma once
#include "server/account/lock.h"
#include "server/account/log_ins.h"
#include "server/account/password_policy.h"
#include "server/account/releases.h"

namespace madoguchi::account {

inline constexpr std::size_t kTypedIdBytesMax = 64;  // longer ones are nobody's

// Why a password was refused, for the person who typed it.
struct LogInRefusal {
  std::chrono::milliseconds locked_for{0};  // LOG_IN_LOCKED
  Problems problems;                        // PASSWORD_TOO_WEAK, FIELD_INVALID
};

class DeskLogIn {
 public:
  struct Parts {
    LogIns& log_ins;
    Releases& releases;
    const audit::KeyedHash& hash;
    LockPolicy lock_policy = LockPolicy::kPerSource;
    PasswordPolicy password_policy = {};
  };
  explicit DeskLogIn(Parts parts) : parts_(parts) {}

  // LOG_IN_REFUSED (an account that is not there is not told apart, in words or time) · LOG_IN_LOCKED ·
  // ACCOUNT_NOT_USABLE (right, but not this desk's or not active) · SERVER_BUSY (no slot for a hash: does not count).
  Result<DeskAccountFacts> LogIn(const std::string& desk_id, const std::string& institution_code,
                                 const std::string& account_id, ByteView password, LogInRefusal& refusal,
                                 Deadline deadline);
  // Of the account this desk has for the institution code. PASSWORDS_DIFFER · PASSWORD_TOO_WEAK: told before anything
  // is counted.
  Result<void> ChangePassword(const std::string& desk_id, const std::string& institution_code, ByteView old_password,
                              ByteView new_password, ByteView new_password_again, LogInRefusal& refusal,
                              Deadline deadline);
  // institution_code empty: the whole desk, with the password of its first account (by institution code). → true: the
  // national side knows; false: it will be told (releases.h).
  Result<bool> Deregister(const std::string& desk_id, const std::string& institution_code, ByteView password,
                          LogInRefusal& refusal, Deadline deadline);
  // The account's lock at this desk; zero: none.
  Result<std::chrono::milliseconds> LockLeft(const std::string& desk_id, const DeskAccountFacts& account,
                                             Deadline deadline);

 private:
  LogInAttempt AttemptOf(const std::string& desk_id, const std::string& institution_code,
                         const std::string& account_id) const;
  // The password is this account's. → what was known of it.
  Result<KnownAccount> Prove(const LogInAttempt& attempt, ByteView password, LogInRefusal& refusal, Deadline deadline);
  // What was taken before a password that could not be dealt with does not count.
  void ReturnTry(const LogInAttempt& attempt);
  Parts parts_;
};

}  // namespace madoguchi::account
