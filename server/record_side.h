// SPDX-License-Identifier: Apache-2.0
// RecordSide: what a server says in the trail about itself: which settings differ from its last start, whether its
// clock is kept, and that a vendor's work was not closed by its time. Thread: made, started and stopped on the main
// thread; owns the threads of its rounds. Ownership: everything given outlives it.
#pragma once
#include <memory>

#include "server/account/rounds.h"
#include "server/audit/clock_watch.h"
#include "server/config.h"
#include "server/store/store.h"

namespace madoguchi::app {

inline constexpr std::chrono::seconds kRecordWithin{10};  // one row, one look
inline constexpr std::chrono::seconds kOverdueMaintenanceEvery{60};

class RecordSide {
 public:
  struct Given {
    const config::Config& config;
    store::Store& store;
    const audit::KeyedHash& keyed_hash;
  };
  explicit RecordSide(const Given& given) : given_(given), clock_(given.store.trail()) {}
  RecordSide(const RecordSide&) = delete;
  RecordSide& operator=(const RecordSide&) = delete;

  // Settings and clock as they are now are in the trail, then the rounds begin. A server that cannot say this does not
  // serve. Errors: those of the trail and the database.
  Result<void> Start();
  void Stop();

 private:
  Result<void> RecordSettings();
  const Given given_;
  audit::ClockWatch clock_;
  std::unique_ptr<account::Rounds> clock_rounds_, maintenance_rounds_;
};

}  // namespace madoguchi::app
