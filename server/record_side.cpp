// SPDX-License-Identifier: Apache-2.0
#include "server/record_side.h"

#include "contract/log.h"
#include "server/identity/server_certificate.h"

namespace madoguchi::app {
namespace {

constexpr const char* kComponent = "app";

}  // namespace

Result<void> RecordSide::RecordSettings() {
  TRY_ASSIGN(const std::string server, identity::FirstServerName(given_.config.identity_directory));
  // By the first key there ever was: a changed audit key is no change of every setting.
  const audit::KeyedHash hash = given_.keyed_hash.First();
  std::map<std::string, std::string> hashes;
  for (const auto& [key, value] : given_.config.given) {
    const std::string whole = "setting\n" + key + "\n" + value;
    hashes.emplace(key, hash.Of(AsBytes(whole)));
  }
  return given_.store.RecordSettings(server, hashes, Deadline::In(kRecordWithin));
}

Result<void> RecordSide::Start() {
  TRY_VOID(RecordSettings());
  TRY_VOID(clock_.Round(Deadline::In(kRecordWithin)));
  clock_rounds_ = std::make_unique<account::Rounds>(audit::kClockLookedAtEvery, [this] {
    if (const Result<void> done = clock_.Round(Deadline::In(kRecordWithin)); !done)
      log::Report(kComponent, "clock_state_not_recorded", done.error());
    return true;
  });
  maintenance_rounds_ = std::make_unique<account::Rounds>(kOverdueMaintenanceEvery, [this] {
    const Result<int> reminded = given_.store.maintenance().RemindOfOverdue(Deadline::In(kRecordWithin));
    if (!reminded.ok()) log::Report(kComponent, "overdue_maintenance_not_looked_for", reminded.error());
    return true;
  });
  return {};
}

void RecordSide::Stop() {
  for (const auto& rounds : {std::ref(clock_rounds_), std::ref(maintenance_rounds_)}) {
    if (rounds.get()) rounds.get()->End();
  }
  clock_rounds_.reset();
  maintenance_rounds_.reset();
}

}  // namespace madoguchi::app
