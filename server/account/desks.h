// SPDX-License-Identifier: Apache-2.0
// Desks: the administrator's view of desks, and what they may do to one. store/ implements it; each change is one
// transaction with its rows in the trail. `allowed`: the institution codes of whoever asks; empty: all. Thread: any;
// calls block up to their deadline. Errors besides those named: DATABASE_…, DESK_UNKNOWN, INSTITUTION_NOT_ALLOWED (the
// desk is of a code that is not allowed).
#pragma once
#include <string>
#include <vector>

#include "contract/bytes.h"
#include "contract/deadline.h"
#include "contract/result.h"

namespace madoguchi::account {

inline constexpr int kDesksListedMax = 500;

// Times RFC 3339 in UTC; empty: none.
struct DeskOverview {
  std::string desk_id, name;
  std::string status;      // "active" or "revoked"
  std::string activation;  // "prepared", "begun", "active", "expired"
  std::string certificate_expires_at, created_at, last_seen_at, terminal_version;
  std::string replaces;                  // desk id
  std::vector<std::string> account_ids;  // bound to it or meant for it
};

// A desk as it is to be prepared.
struct DeskPlan {
  std::string name;
  std::string account_id;  // empty: any that is free
  Bytes token_sha256;      // 32 bytes
};

struct PrepareOrder {
  std::string institution_code;
  std::vector<DeskPlan> plans;
  int valid_minutes = 0;
  bool needs_secrets = true;  // the national side will be told: the account's secrets have to be sealed here
  std::string by;
};

struct PreparedDesk {
  DeskOverview desk;
  std::string account_id, institution_code, institution_name;
  std::string valid_until;  // as printed, Japan's time: "2026年11月22日 22:30"
};

struct DeskAct {
  std::string desk_id, reason, by;
  std::vector<std::string> allowed;
};

struct RevokedDesk {
  DeskOverview desk;
  std::vector<std::string> released;  // accounts of which the national side may have to hear
};
struct ReplacedDesk {
  PreparedDesk prepared;
  std::vector<std::string> released;
};

class Desks {
 public:
  virtual ~Desks() = default;
  // At most kDesksListedMax, the newest first; without those that never came to life.
  virtual Result<std::vector<DeskOverview>> List(const std::vector<std::string>& allowed, Deadline deadline) = 0;
  // One answer per plan, in their order; all or nothing. A name that an unactivated desk has gives that desk a new link
  // (the older one ends) and, where it has none of this code yet, an account; so does the name of an active desk
  // without an account of this code. → `wrong`: index of the plan an error is about. NO_FREE_ACCOUNT (also: its secrets
  // are not here) · ACCOUNT_UNKNOWN · ACCOUNT_BOUND_ELSEWHERE (reserved for another desk) · STATE_NOT_POSSIBLE (not
  // issued; or the desk is active with this code) · FIELD_INVALID (several desks have that name) · CHANGED_MEANWHILE
  // (its activation is under way) · INSTITUTION_UNKNOWN.
  virtual Result<std::vector<PreparedDesk>> Prepare(const PrepareOrder& order, std::size_t& wrong,
                                                    Deadline deadline) = 0;
  // Its certificates, log-ins and links end, its accounts are free again. STATE_NOT_POSSIBLE: it is revoked already.
  virtual Result<RevokedDesk> Revoke(const DeskAct& act, Deadline deadline) = 0;
  // Revoke, and a new desk takes its accounts and its history. plan.name empty: the same name. STATE_NOT_POSSIBLE also:
  // one of its accounts is suspended, or it has none.
  virtual Result<ReplacedDesk> Replace(const DeskAct& act, const DeskPlan& plan, int valid_minutes,
                                       Deadline deadline) = 0;
};

}  // namespace madoguchi::account
