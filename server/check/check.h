// SPDX-License-Identifier: Apache-2.0
// RunCheck: one press at one desk, from card to answer, top to bottom. Runs on a thread of CheckPool; every call in it
// may block, none past `deadline`. Knows no network, no database and no message: only the seams below.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "contract/card_script.h"
#include "contract/deadline.h"
#include "contract/result.h"
#include "server/audit/trail.h"
#include "server/card/sight_proof.h"
#include "server/check/card_channel.h"
#include "server/eligibility/national_service.h"
#include "server/handoff/names.h"
#include "server/handoff/outbox.h"

namespace madoguchi::check {

enum class Method { kSight, kPin, kNumber };

// What the person at the desk stated (v1.Attestation). Empty words: not said.
struct Attestation {
  std::string presenter;    // "holder", "guardian", "assisted"
  std::string photo_check;  // "compared", "none", "another"
  // How long the person looked, rounded down; nothing: not measured.
  std::optional<int> looked_seconds = {};
};

// Numbers as they were typed at the desk or stood in a receipt computer's file.
struct NumberInquiry {
  std::string insurer_number, symbol, number, branch, birthdate;
  bool limit_consent = false;
  std::string reason;                  // word of v1.InquiryReason, lower case
  std::string confirmation_date = {};  // yyyyMMdd: the day a receipt computer asks about; empty: today
};

struct Press {
  Bytes press_id;  // 16 bytes
  Method method = Method::kPin;
  eligibility::Caller caller;
  ScriptAnswers opening;
  std::optional<ScriptAnswers> proof;  // only when the desk sent the press again after the proof script ran
  Bytes certificate_sha256 = {};       // of the desk certificate the press came with
  bool operator_needed = false;        // policy desk.operators
  Attestation attestation = {};
  std::optional<NumberInquiry> inquiry = {};  // of an inquiry by numbers, which has no card
  std::string patient_number = {};            // the facility's own; empty: none
  std::string expected_birthdate = {};        // yyyyMMdd; empty: whoever comes
  bool by_file = false;                       // a receipt computer asked (audit::CheckIntent::by_file)
  std::string source_address = {};            // IP address of the desk's stream
  std::string trace_id = {};                  // contract/trace.h; its scope is the caller's
};

// What may be switched on. Off: refused before anything happens.
struct Policy {
  bool number_inquiry = false;
};

// The seams of a check. Owned by app; outlive every check.
struct Seams {
  audit::Trail& trail;
  const audit::KeyedHash& keyed_hash;
  eligibility::NationalService& national;
  const card::SightProof& sight;
  const handoff::Outbox& outbox;
  const handoff::Names& names;
  Policy policy;
  std::string owner;  // this server process, in the trail and on presses
};

struct Facts {
  std::chrono::microseconds card{0};      // on the card, as the desk measured it, after the press
  std::chrono::microseconds national{0};  // waiting for the national service
  std::chrono::microseconds database{0};  // waiting for the trail
  std::chrono::microseconds desk{0};      // the desk's own time in card trips, as it measured it, without the card
  std::chrono::microseconds total{0};     // press received to answer ready
  std::uint32_t card_trips = 0;           // after the press
};

struct CheckResult {
  eligibility::Answer answer;
  std::optional<int>
      certificate_days_left;  // whole days until notAfter of the card's certificate, never negative; no card: nothing
  std::vector<std::string> number_warnings;        // of an inquiry by numbers (contract/insurance_number.h)
  std::vector<eligibility::KnownName> names = {};  // what this facility knows of each result's name, in their order
  bool birthdate_differs = false;    // from the press's expected_birthdate: the hand-off waits for the desk
  std::vector<std::string> handoff;  // channels it will leave by
  bool handoff_not_kept = false;     // it will not: HANDOFF_NOT_KEPT is in the log
};

struct Outcome {
  Result<CheckResult> result;
  Facts facts;
};

// The outcome is in the trail when this returns; an outcome that could not be recorded is not handed out
// (OUTCOME_NOT_RECORDED or PRESS_TAKEN_OVER instead). No intent, no check: TRAIL_UNAVAILABLE.
Outcome RunCheck(const Press& press, CardChannel& channel, const Seams& seams, Deadline deadline);

}  // namespace madoguchi::check
