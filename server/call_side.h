// SPDX-License-Identifier: Apache-2.0
// CallSide: the national service as checks see it, put together once: its client with pause, budget and fair share,
// challenges fetched ahead, the record of every call, and the rounds that ask what became of unknown outcomes and
// forget old records. Thread: made and ended on the main thread; its parts from any. Ownership: everything given
// outlives it; it outlives AccountSide, whose calls it records.
#pragma once
#include <memory>

#include "server/account/national_call.h"
#include "server/account/rounds.h"
#include "server/config.h"
#include "server/eligibility/call_reconciler.h"
#include "server/eligibility/call_recorder.h"
#include "server/eligibility/challenge_shelf.h"
#include "server/eligibility/https_national_service.h"
#include "server/store/store.h"
#include "server/telemetry/metrics.h"

namespace madoguchi::app {

inline constexpr std::chrono::seconds kReconcileRoundWithin{60};
inline constexpr std::chrono::hours kForgetCallsEvery{1};
inline constexpr std::chrono::seconds kForgetCallsWithin{10};

class CallSide {
 public:
  struct Given {
    const config::Config& config;
    store::Store& store;
    telemetry::Metrics& metrics;
  };
  explicit CallSide(const Given& given);
  CallSide(const CallSide&) = delete;
  CallSide& operator=(const CallSide&) = delete;

  // What checks ask.
  eligibility::NationalService& national() { return shelf_; }
  // A card may lie on this caller's reader. Never waits.
  void Prepare(const eligibility::Caller& caller) { shelf_.Prepare(caller); }
  // For calls about applications and accounts.
  account::RecordCall RecordOfAccounts();

  // From here on unknown outcomes are asked about and old rows forgotten, until StopRounds, which waits for a question
  // that is out.
  void StartRounds();
  void StopRounds();

 private:
  void Take(eligibility::CallRecord record);
  const Given given_;
  eligibility::CallRecorder recorder_;
  eligibility::HttpsNationalService service_;
  eligibility::ChallengeShelf shelf_;
  eligibility::CallReconciler reconciler_;
  std::unique_ptr<account::Rounds> reconciling_, forgetting_;  // last: they use what stands above
};

}  // namespace madoguchi::app
