// SPDX-License-Identifier: Apache-2.0
// SinkSide: the trail's second sink as it is configured, put together once, and how far behind it is, looked at apart
// from it: also while the sink hangs, and by servers that do not feed it. Without audit.sink it does nothing. Thread:
// made and ended on the main thread. Ownership: everything given outlives it.
#pragma once
#include <atomic>
#include <chrono>
#include <memory>

#include "server/account/rounds.h"
#include "server/audit/sink_follower.h"
#include "server/audit/sink_settings.h"
#include "server/store/store.h"
#include "server/telemetry/metrics.h"

namespace madoguchi::app {

inline constexpr std::chrono::seconds kSinkLagEvery{10}, kSinkLagWithin{5};
// Behind, as log, trail and /healthz say it: a row is older than the first in so many looks one after the other, for
// what is left from before a start is soon gone. Caught up: the oldest is not older than the second.
inline constexpr std::chrono::seconds kSinkLateAfter{30}, kSinkBackWithin{10};
inline constexpr int kSinkLateLooks = 2;

class SinkSide {
 public:
  SinkSide(const audit::SinkSettings& settings, store::Store& store, telemetry::Metrics& metrics);
  SinkSide(const SinkSide&) = delete;
  SinkSide& operator=(const SinkSide&) = delete;

  void Start();
  // Interrupts what waits for the receiver.
  void Stop();
  bool behind() const { return behind_; }  // from any thread

 private:
  bool LookAtLag();
  telemetry::Metrics& metrics_;
  std::unique_ptr<audit::Sink> sink_;      // empty: none is configured
  std::unique_ptr<audit::SinkBook> book_;  // with sink_
  std::atomic<bool> behind_ = false;
  int late_looks_ = 0;  // this and seen_ on the thread of lag_
  bool seen_ = true;    // the last look was answered
  std::unique_ptr<audit::SinkFollower> follower_;
  std::unique_ptr<account::Rounds> lag_;  // last: they use what stands above
};

}  // namespace madoguchi::app
