// SPDX-License-Identifier: Apache-2.0
// NationalService: the seam to the outside system (docs/national-service-seam.md). One implementation speaks HTTPS; a real endpoint would
// be another. Thread: any; calls block up to their deadline.
#pragma once
#include <string>

#include "contract/bytes.h"
#include "contract/deadline.h"
#include "contract/result.h"
#include "server/eligibility/answer.h"

namespace madoguchi::eligibility {

// On whose behalf a call is made.
struct Caller {
  std::string institution_code;  // 10 digits
  std::string account_id;        // the device account of the desk that read the card
  std::string desk_id;           // UUID text
};

struct Challenge {
  std::string id;  // UUID text
  Bytes bytes;     // 32
};

struct Question {
  Caller caller;
  Bytes press_id;            // 16 bytes; also the idempotency key and the expected echo
  std::string method;        // "pin" or "sight"
  std::string challenge_id;
  Bytes certificate;         // DER
  Bytes signature;
};

class NationalService {
 public:
  virtual ~NationalService() = default;
  virtual Result<Challenge> IssueChallenge(const Caller& caller, Deadline deadline) = 0;
  // Repeats the identical request while the deadline allows. Still unanswered: NATIONAL_OUTCOME_UNKNOWN.
  virtual Result<Answer> Ask(const Question& question, Deadline deadline) = 0;
};

}  // namespace madoguchi::eligibility
