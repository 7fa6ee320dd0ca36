// SPDX-License-Identifier: Apache-2.0
// NationalService: the seam to the outside system (docs/national-service-seam.md). One implementation speaks HTTPS; a
// real endpoint would be another; ChallengeShelf stands before either. Thread: any; calls block up to their deadline.
#pragma once
#include <chrono>
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
  std::string id;                         // UUID text
  Bytes bytes;                            // 32
  std::chrono::milliseconds good_for{0};  // from when it was asked for; 0: not said
};

// What a card needs so that its holder is proved by sight (reference scheme, simulated only: design §4 "Sight").
struct SightPermit {
  Challenge challenge;  // to be signed, as with a PIN
  Bytes proof;          // the data of EXTERNAL AUTHENTICATE, 1–255 bytes; good for one card challenge
};

// An inquiry by the numbers of a paper (S19a), folded and padded already (contract/insurance_number.h).
struct Inquiry {
  Caller caller;
  Bytes press_id;
  std::string insurer_number;  // 8 characters, left-padded with spaces
  std::string symbol;          // empty: none
  std::string number;
  std::string branch;     // 2 digits; empty: not known
  std::string birthdate;  // yyyyMMdd
  bool limit_consent = false;
  std::string confirmation_date = {};  // yyyyMMdd: the day it is about; empty: today
};

struct Question {
  Caller caller;
  Bytes press_id;      // 16 bytes; also the idempotency key and the expected echo
  std::string method;  // "pin" or "sight"; an inquiry by numbers has its own call
  std::string challenge_id;
  Bytes certificate;  // DER
  Bytes signature;
};

class NationalService {
 public:
  virtual ~NationalService() = default;
  virtual Result<Challenge> IssueChallenge(const Caller& caller, Deadline deadline) = 0;
  // Repeats the identical request while the deadline allows. Still unanswered: NATIONAL_OUTCOME_UNKNOWN.
  virtual Result<Answer> Ask(const Question& question, Deadline deadline) = 0;
  // card_challenge: what this card answered to GET CHALLENGE. NATIONAL_REFUSED_SIGHT · SIGHT_ONLY_SIMULATED: the other
  // side does not announce itself as the simulator.
  virtual Result<SightPermit> PermitSight(const Caller& caller, ByteView certificate, ByteView card_challenge,
                                          Deadline deadline) = 0;
  // As Ask: the press id is the idempotency key and the echo that is expected.
  virtual Result<Answer> Inquire(const Inquiry& inquiry, Deadline deadline) = 0;
};

}  // namespace madoguchi::eligibility
