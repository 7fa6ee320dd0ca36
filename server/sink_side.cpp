// SPDX-License-Identifier: Apache-2.0
#include "server/sink_side.h"

#include <algorithm>
#include <utility>

#include "contract/log.h"

namespace madoguchi::app {

SinkSide::SinkSide(const audit::SinkSettings& settings, store::Store& store, telemetry::Metrics& metrics)
    : metrics_(metrics) {
  if (settings.kind.empty()) return;
  sink_ = audit::MakeSink(settings);
  book_ = store.Sink(settings.follower());
}

void SinkSide::Start() {
  if (!sink_) return;
  metrics_.SinkFailed(0);
  follower_ = std::make_unique<audit::SinkFollower>(*book_, *sink_, [this] { metrics_.SinkFailed(1); });
  lag_ = std::make_unique<account::Rounds>(kSinkLagEvery, [this] { return LookAtLag(); });
}

void SinkSide::Stop() {
  lag_.reset();
  follower_.reset();
}

bool SinkSide::LookAtLag() {
  const Result<audit::SinkLag> lag = book_->Lag(Deadline::In(kSinkLagWithin));
  const bool was_seen = std::exchange(seen_, lag.ok());
  if (!lag) {
    if (was_seen) log::Report("app", "sink_not_looked_at", lag.error());  // once, not every kSinkLagEvery
    return true;
  }
  metrics_.SinkLag(lag->rows, lag->oldest);
  late_looks_ = lag->oldest > kSinkLateAfter ? std::min(late_looks_ + 1, kSinkLateLooks) : 0;
  const bool back = lag->oldest <= kSinkBackWithin;
  behind_ = late_looks_ == kSinkLateLooks || (lag->told && !back);
  if (behind_ == lag->told) return true;
  const Result<bool> told = book_->Tell(behind_, *lag, Deadline::In(kSinkLagWithin));
  if (!told) {
    log::Report("app", "sink_state_not_recorded", told.error());
  } else if (*told && behind_) {
    log::Report("app", "sink_late", {ErrorCode::kTrailSinkFailed, "rows wait for the second sink", {}},
                {{"rows", static_cast<unsigned long long>(lag->rows)},
                 {"seconds", static_cast<long long>(lag->oldest.count())}});
  } else if (*told) {
    log::Info("app", "sink_caught_up");
  }
  return true;
}

}  // namespace madoguchi::app
