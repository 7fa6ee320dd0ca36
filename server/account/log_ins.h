// SPDX-License-Identifier: Apache-2.0
// LogIns: what is kept of desks that log in to their device accounts (S12, S13). store/ implements it; the order of the
// steps is log_in.h's. Every call is one short transaction, with its row in the trail; no call hashes anything. Time is
// the database's. Thread: any; calls block up to their deadline. Errors besides those named: DATABASE_….
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "contract/bytes.h"
#include "contract/deadline.h"
#include "contract/result.h"

namespace madoguchi::account {

// One password typed at a desk for one account.
struct LogInAttempt {
  std::string desk_id;                       // of the certificate
  std::string institution_code, account_id;  // as typed
  std::string account_hash, source;          // lock.h
};

struct KnownAccount {
  std::string password_hash;  // empty: no such account, or it has no password
  bool bound_here = false;    // to this desk
  bool active = false;
};

struct DeskAccountFacts {
  std::string account_id, institution_code, institution_name;
  bool active = false, logged_in = false;
};

struct DeskStanding {
  std::string desk_name;
  std::vector<DeskAccountFacts> accounts;  // by institution code
  std::string operator_code;               // empty: nobody is signed in
  std::chrono::milliseconds operator_idle{0};
  std::string certificate_expires_at;  // RFC 3339; of the certificate it calls with
  bool renew_now = false;              // two thirds of its life are over
};

class LogIns {
 public:
  virtual ~LogIns() = default;
  // What the TLS handshake verified is still good: DESK_UNKNOWN · DESK_NOT_ACTIVE · CERTIFICATE_NOT_ACCEPTED.
  virtual Result<void> Admit(const std::string& desk_id, ByteView certificate_sha256, Deadline deadline) = 0;
  virtual Result<DeskStanding> Describe(const std::string& desk_id, ByteView certificate_sha256, Deadline deadline) = 0;
  // The account of this desk; institution_code empty: its first. ACCOUNT_NOT_USABLE: none is bound.
  virtual Result<DeskAccountFacts> AccountOf(const std::string& desk_id, const std::string& institution_code,
                                             Deadline deadline) = 0;
  // Zero: not locked.
  virtual Result<std::chrono::milliseconds> LockLeft(const std::string& account_hash, const std::string& source,
                                                     Deadline deadline) = 0;

  // Counts a try before the password is compared. LOG_IN_LOCKED: for how long is in `locked_for`.
  virtual Result<KnownAccount> TakeTry(const LogInAttempt& attempt, std::chrono::milliseconds& locked_for,
                                       Deadline deadline) = 0;
  virtual Result<void> ReturnTry(const LogInAttempt& attempt, Deadline deadline) = 0;  // nothing was compared
  // Always an error: LOG_IN_REFUSED, or LOG_IN_LOCKED when that was the last try.
  virtual Result<void> Wrong(const LogInAttempt& attempt, std::chrono::milliseconds& locked_for, Deadline deadline) = 0;

  // The password was right: each of these gives the tries back, looks again whether the account is still this desk's,
  // and acts. ACCOUNT_NOT_USABLE.
  virtual Result<void> LogIn(const LogInAttempt& attempt, Deadline deadline) = 0;
  // CHANGED_MEANWHILE: it is not old_hash any more.
  virtual Result<void> ChangePassword(const LogInAttempt& attempt, const std::string& old_hash,
                                      const std::string& new_hash, Deadline deadline) = 0;
  // Releases the account, or with whole_desk every account of the desk. A desk without accounts ends: its certificates
  // are revoked. → the accounts that were released.
  virtual Result<std::vector<std::string>> Deregister(const LogInAttempt& attempt, bool whole_desk,
                                                      Deadline deadline) = 0;
  // Also when nobody is logged in. institution_code empty: all of this desk.
  virtual Result<void> LogOut(const std::string& desk_id, const std::string& institution_code, Deadline deadline) = 0;
};

}  // namespace madoguchi::account
