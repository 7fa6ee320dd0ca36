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
#include "server/account/approval.h"

namespace madoguchi::console {

inline constexpr std::chrono::minutes kApprovalValid{15};
// Since the proposer made or reset the approver's credentials.
inline constexpr std::chrono::days kCredentialsDistance{7};
inline constexpr int kOpenApprovalsMax = 20;  // per proposer
inline constexpr int kApprovalsListed = 100;  // the newest
// An audit looks back a year; the trail keeps who and what for longer.
inline constexpr std::chrono::days kEndedApprovalsKept{400};
inline constexpr std::size_t kSummaryMax = 300;  // characters

struct Proposal {
  std::string method;  // "AccountService/Unlock"
  Bytes act_sha256;
  std::string summary_ja, summary_en;
  std::string proposer;
  std::string institution_code;  // empty: about the whole organisation
};

// The second person.
struct SecondPerson {
  std::string user_id;
  std::vector<std::string> institution_codes;  // empty: all
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
  // Whether it can be used for exactly this act now; the act uses it up itself (account/approval.h). APPROVAL_INVALID.
  virtual Result<void> Check(const account::Approval& approval, Deadline deadline) = 0;
  // Those this person may see: about their institution codes.
  virtual Result<std::vector<ApprovalFacts>> List(const SecondPerson& person, Deadline deadline) = 0;
  // APPROVAL_INVALID: unknown, expired, decided, about other institution codes; or approved by the proposer, or by
  // somebody whose credentials the proposer made. The proposer may refuse, which withdraws it.
  virtual Result<ApprovalFacts> Decide(const std::string& approval_id, const SecondPerson& second, bool approved,
                                       Deadline deadline) = 0;
  // Deletes those that ended long ago, kForgottenAtOnce in one round. False: there are more.
  virtual Result<bool> ForgetEnded(Deadline deadline) = 0;
};

}  // namespace madoguchi::console
