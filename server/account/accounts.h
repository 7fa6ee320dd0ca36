// SPDX-License-Identifier: Apache-2.0
// Accounts: the administrator's view of device accounts (S3), and what they may do to one. store/ implements it. Every
// change is one transaction with its row in the trail. Thread: any; calls block up to their deadline. Errors besides
// those named: DATABASE_…, ACCOUNT_UNKNOWN (no such account of this institution code).
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "contract/deadline.h"
#include "contract/result.h"
#include "server/account/account_state.h"
#include "server/account/approval.h"
#include "server/account/binding.h"

namespace madoguchi::account {

inline constexpr int kAccountsListedMax = 2000;
// How long the national side's answer about its lock is waited for.
inline constexpr std::chrono::seconds kNationalLockWithin{3};

// Times RFC 3339 in UTC, dates ISO; empty: none.
struct AccountFacts {
  std::string account_id, institution_code;
  State state = State::kIssued;
  Holder holder = Holder::kSpare;
  std::string desk_id, desk_name, note, starts_on, ends_on, suspended_on;
  std::string last_used_at, last_address, terminal_version, reader, certificate_expires_at;
  std::string locked_until;           // our lock, the longest of all sources
  std::string national_locked_until;  // as last told
  bool logged_in = false;
  std::uint32_t application_number = 0;  // 0: not known
  std::string sealed_until;
  bool activation_code_unused = false;
};

// Who does it to which account.
struct AccountAct {
  std::string institution_code, account_id;
  std::string by;      // user id
  std::string reason;  // kept with the account, not in the trail: people write names
  Approval approval = {};
};

class Accounts {
 public:
  virtual ~Accounts() = default;
  // institution_codes empty: of every code. At most kAccountsListedMax, by id.
  virtual Result<std::vector<AccountFacts>> List(const std::vector<std::string>& institution_codes,
                                                 Deadline deadline) = 0;
  virtual Result<AccountFacts> Show(const std::string& institution_code, const std::string& account_id,
                                    Deadline deadline) = 0;
  virtual Result<void> SetNote(const AccountAct& act, const std::string& note, Deadline deadline) = 0;
  // STATE_NOT_POSSIBLE · ACCOUNT_BOUND_ELSEWHERE. kActivate: held by a phone (desks activate themselves). A refusal is
  // in the trail too.
  virtual Result<void> Change(const AccountAct& act, Event event, Deadline deadline) = 0;
  // Whether log-in is locked anywhere.
  virtual Result<bool> IsLocked(const AccountAct& act, Deadline deadline) = 0;
  // Ends every lock of this account. STATE_NOT_POSSIBLE: there is none.
  virtual Result<void> Unlock(const AccountAct& act, Deadline deadline) = 0;
  // What the national side said of its own lock; zero: none.
  virtual Result<void> KeepNationalLock(const std::string& account_id, std::chrono::milliseconds locked_for,
                                        Deadline deadline) = 0;
};

}  // namespace madoguchi::account
