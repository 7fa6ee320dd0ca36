// SPDX-License-Identifier: Apache-2.0
#include "server/call_side.h"

#include <utility>

#include "contract/log.h"

namespace madoguchi::app {

CallSide::CallSide(const Given& given)
    : given_(given),
      recorder_(given.store.calls(),
                [&metrics = given.metrics](std::size_t count) { metrics.CallsNotRecorded(count); }),
      service_(given.config.eligibility_url,
               {given.config.eligibility_root_file, given.config.eligibility_certificate_file,
                given.config.eligibility_key_file},
               [this](eligibility::CallRecord record) { Take(std::move(record)); },
               {.calls_at_once = given.config.eligibility_calls_max,
                .breaker =
                    [&metrics = given.metrics](eligibility::CircuitBreaker::State state) {
                      log::Warning("app", "national_breaker", {{"state", static_cast<int>(state)}});
                      metrics.NationalBreaker(static_cast<int>(state));
                    },
                .retried = [&metrics = given.metrics] { metrics.NationalCallRetried(); }}),
      shelf_(service_),
      reconciler_(given.store.calls(), [this](const eligibility::UnknownCall& call, Deadline deadline) {
        return service_.WhatBecame(call, deadline);
      }) {}

void CallSide::Take(eligibility::CallRecord record) {
  if (record.ended) given_.metrics.NationalCallEnded(record.kind, record.outcome, record.took);
  recorder_.Add(std::move(record));
}

account::RecordCall CallSide::RecordOfAccounts() {
  return [this](const account::NationalCall& call) {
    Take({.call_id = call.call_id,
          .kind = call.kind,
          .key = call.key,
          .caller = {call.institution_code, call.account_id, call.desk_id},
          .began = call.began,
          .ended = call.ended,
          .outcome = call.outcome,
          .code = call.code,
          .status = call.status,
          .attempts = call.attempts,
          .took = call.took,
          .processing_code = {},
          .reconcile = false});
  };
}

void CallSide::StartRounds() {
  reconciling_ = std::make_unique<account::Rounds>(eligibility::kReconcileRoundEvery, [this] {
    const Result<bool> done = reconciler_.Tick(Deadline::In(kReconcileRoundWithin));
    if (!done.ok()) log::Report("app", "outcomes_not_looked_at", done.error());
    return !done.ok() || *done;  // after a failure the pause comes first
  });
  forgetting_ = std::make_unique<account::Rounds>(kForgetCallsEvery, [this] {
    const Result<bool> done = given_.store.calls().ForgetOld(Deadline::In(kForgetCallsWithin));
    if (!done.ok()) log::Report("app", "old_calls_not_forgotten", done.error());
    return !done.ok() || *done;
  });
}

void CallSide::StopRounds() {
  reconciler_.End();
  reconciling_.reset();
  forgetting_.reset();
}

}  // namespace madoguchi::app
