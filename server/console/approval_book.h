// SPDX-License-Identifier: Apache-2.0
// ApprovalBook: the seam to the approvals of acts that need two people. store/ implements it; times are the database's.
// An approval is of one act (its hash), by one proposer, for kApprovalValid, and used once. Thread: any; calls block up
// to their deadline.
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "contract/bytes.h"
#include "contract/deadline.h"
#include "contract/result.h"

namespace madoguchi::console {

inline constexpr std::chrono::minutes kApprovalValid{15};
inline constexpr std::chrono::days kCredentialsDistance{
    7};                                          // since the proposer made or reset the approver's credentials
inline constexpr int kOpenApprovalsMax = 20;     // per proposer
inline constexpr int kApprovalsListed = 100;     // the newest
inline constexpr std::size_t kSummaryMax = 300;  // characters

struct Proposal {
  std::string method;  // "AccountService/Unlock"
  Bytes act_sha256;
  std::string summary_ja, summary_en;
  std::string proposer;
};

struct ApprovalFacts {
  std::string approval_id, method, summary_ja, summary_en, proposer, approver, proposed_at, expires_at;
  std::string state;  // "open", "approved", "refused", "used", "expired"
};

class ApprovalBook {
 public:
  virtual ~ApprovalBook() = default;
  // → its id; the one that is there already when the same act was proposed and is still open or approved. SERVER_BUSY:
  // too many are open.
  virtual Result<std::string> Propose(const Proposal& proposal, Deadline deadline) = 0;
  // Uses the approval up for exactly this act, in one statement. APPROVAL_INVALID.
  virtual Result<void> Use(const std::string& approval_id, const Proposal& act, Deadline deadline) = 0;
  virtual Result<std::vector<ApprovalFacts>> List(Deadline deadline) = 0;
  // APPROVAL_INVALID: unknown, expired, decided; by the proposer; or the proposer made the approver's credentials.
  virtual Result<ApprovalFacts> Decide(const std::string& approval_id, const std::string& approver, bool approved,
                                       Deadline deadline) = 0;
};

}  // namespace madoguchi::console
