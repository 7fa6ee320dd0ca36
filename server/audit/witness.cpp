// SPDX-License-Identifier: Apache-2.0
#include "server/audit/witness.h"

#include <utility>

#include "contract/log.h"

namespace madoguchi::audit {
namespace {

constexpr const char* kComponent = "audit";

}  // namespace

WitnessRounds::WitnessRounds(TreeStore& tree, std::vector<Witness*> witnesses, Tell tell)
    : tree_(tree), witnesses_(std::move(witnesses)), tell_(std::move(tell)), failing_(witnesses_.size()) {}

void WitnessRounds::Tick() {
  Round(false);
}

void WitnessRounds::Finish() {
  Round(true);
}

void WitnessRounds::Round(bool last) {
  const Result<std::optional<StoredCheckpoint>> newest =
      tree_.Checkpoint(trail::kTreeSizeMax, Deadline::In(kWitnessWithin));
  if (!newest.ok() || !*newest) return;  // the sequencer tells of the database
  for (std::size_t i = 0; i < witnesses_.size(); ++i) {
    if (last && failing_[i]) continue;
    Witness& witness = *witnesses_[i];
    const Result<void> served = Serve(witness, **newest);
    if (!served.ok() && !failing_[i])
      log::Report(kComponent, "witness_failed", served.error(), {{"witness", witness.name()}});
    if (served.ok() && failing_[i]) log::Info(kComponent, "witness_back", {{"witness", witness.name()}});
    failing_[i] = !served.ok();
  }
}

Result<void> WitnessRounds::Serve(Witness& witness, const StoredCheckpoint& newest) {
  TRY_ASSIGN(WitnessState state, tree_.Witness(witness.name(), Deadline::In(kWitnessWithin)));
  const std::uint64_t known = witness.Holds().value_or(state.size);
  if (known >= newest.size && state.size >= newest.size && state.trouble_code == 0) return {};
  const Result<StoredCheckpoint> given = witness.Give(newest, known, Deadline::In(kWitnessWithin));
  state.trouble_code = given.ok() ? 0 : static_cast<int>(given.error().code);
  if (given.ok()) state = {given->size, given->note, 0, {}};
  tell_(witness.name(), state.size, state.trouble_code);
  Result<void> noted = tree_.NoteWitness(witness.name(), state, Deadline::In(kWitnessWithin));
  if (!given.ok()) return given.error();
  return noted;
}

}  // namespace madoguchi::audit
