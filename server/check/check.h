// SPDX-License-Identifier: Apache-2.0
// RunCheck: one press at one desk, from card to answer, top to bottom. Runs on a thread of CheckPool; every call in it
// may block, none past `deadline`. Knows no network, no database and no message: only the seams below.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>

#include "contract/card_script.h"
#include "contract/deadline.h"
#include "contract/result.h"
#include "server/audit/trail.h"
#include "server/check/card_channel.h"
#include "server/eligibility/national_service.h"

namespace madoguchi::check {

enum class Method { kSight, kPin };

struct Press {
  Bytes press_id;  // 16 bytes
  Method method = Method::kPin;
  eligibility::Caller caller;
  ScriptAnswers opening;
  std::optional<ScriptAnswers> proof;  // only when the desk sent the press again after the proof script ran
  Bytes certificate_sha256 = {};       // of the desk certificate the press came with
  bool operator_needed = false;        // policy desk.operators
};

// The seams of a check. Owned by app; outlive every check.
struct Seams {
  audit::Trail& trail;
  const audit::KeyedHash& keyed_hash;
  eligibility::NationalService& national;
  std::string owner;  // this server process, in the trail and on presses
};

struct Facts {
  std::chrono::microseconds card{0};      // on the card, as the desk measured it, after the press
  std::chrono::microseconds national{0};  // waiting for the national service
  std::chrono::microseconds total{0};     // press received to answer ready
  std::uint32_t card_trips = 0;           // after the press
};

struct CheckResult {
  eligibility::Answer answer;
  int certificate_days_left = 0;  // whole days until notAfter of the card's certificate, never negative
};

struct Outcome {
  Result<CheckResult> result;
  Facts facts;
};

// The outcome is in the trail when this returns; an outcome that could not be recorded is not handed out
// (OUTCOME_NOT_RECORDED or PRESS_TAKEN_OVER instead). No intent, no check: TRAIL_UNAVAILABLE.
Outcome RunCheck(const Press& press, CardChannel& channel, const Seams& seams, Deadline deadline);

}  // namespace madoguchi::check
