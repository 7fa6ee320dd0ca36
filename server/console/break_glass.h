// SPDX-License-Identifier: Apache-2.0
// BreakGlass: sealed single-use codes for the moment when no second administrator can be reached. Using one alarms at
// once (notice, trail, mail to every administrator, metric) and asks for a review by somebody else by 09:00 of the next
// morning, Japan time. The codes are kept as keyed hashes. Thread: any; calls block on the database. Errors:
// BREAK_GLASS_INVALID (unknown, used or ended: not told apart) · NOT_FOUND_HERE · STATE_NOT_POSSIBLE (reviewed already)
// · ROLE_NOT_ALLOWED (by whoever used it) · FIELD_INVALID · DATABASE_….
#pragma once
#include <functional>
#include <string>
#include <vector>

#include "contract/crypto/seal.h"
#include "contract/deadline.h"
#include "contract/result.h"
#include "server/account/approval.h"
#include "server/account/problem.h"
#include "server/account/sealed_mail.h"
#include "server/audit/trail.h"

namespace madoguchi::console {

inline constexpr int kBreakGlassCodes = 5;
inline constexpr int kBreakGlassUsesListed = 100;  // the newest
inline constexpr std::size_t kFindingMax = 1000;   // characters
inline constexpr std::size_t kActTextMax = 300;    // characters

struct BreakGlassUse {
  std::string use_id, used_by, used_at, act, review_due, reviewed_by, reviewed_at;  // times RFC 3339; empty: not yet
};

// The seam to what is kept of them; store/ implements it.
class BreakGlassBook {
 public:
  virtual ~BreakGlassBook() = default;
  // These become the only codes that can be used.
  virtual Result<void> Replace(const std::vector<std::string>& code_hashes, const std::string& by,
                               const account::Approval& approval, Deadline deadline) = 0;
  virtual Result<std::vector<std::string>> Administrators(Deadline deadline) = 0;  // user ids of the enabled ones
  struct Use {
    std::string code_hash, used_by, act;
    std::vector<account::SealedMail> alarms;
  };
  virtual Result<void> UseUp(const Use& use, Deadline deadline) = 0;
  virtual Result<std::vector<BreakGlassUse>> List(Deadline deadline) = 0;
  virtual Result<BreakGlassUse> Review(const std::string& use_id, const std::string& by, const std::string& finding,
                                       Deadline deadline) = 0;
  // Raises a notice for every use whose review is overdue, once. → how many were new.
  virtual Result<int> RaiseOverdue(Deadline deadline) = 0;
};

class BreakGlass {
 public:
  struct Seams {
    BreakGlassBook& book;
    const audit::KeyedHash& keyed_hash;
    const crypto::Seal& seal;
    std::function<void()> alarm;  // counts the use in the metrics
  };
  explicit BreakGlass(Seams seams) : seams_(std::move(seams)) {}
  // → new codes, shown once. Secret.
  Result<std::vector<std::string>> Make(const std::string& by, const account::Approval& approval, Deadline deadline);
  // Uses the code up for `act` ("AccountService/Unlock W0000001"; no person in it).
  Result<void> Use(const std::string& code, const std::string& user_id, const std::string& act, Deadline deadline);
  Result<std::vector<BreakGlassUse>> List(Deadline deadline) { return seams_.book.List(deadline); }
  Result<BreakGlassUse> Review(const std::string& use_id, const std::string& by, const std::string& finding,
                               Deadline deadline, account::Problems& problems);
  // To be called about once a minute by one of the server's threads.
  Result<int> RaiseOverdue(Deadline deadline) { return seams_.book.RaiseOverdue(deadline); }

 private:
  const Seams seams_;
};

}  // namespace madoguchi::console
