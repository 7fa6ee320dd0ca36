// SPDX-License-Identifier: Apache-2.0
#include "server/trail_side.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "contract/log.h"
#include "server/trail_key.h"

namespace madoguchi::app {
namespace {

constexpr const char* kComponent = "app";

}  // namespace

TrailSide::TrailSide(const Given& given, trail::Signer signer) : given_(given), signer_(std::move(signer)) {}

Result<std::unique_ptr<TrailSide>> TrailSide::Make(const Given& given) {
  TRY_ASSIGN(trail::Signer signer, TrailSigner(given.config));
  std::unique_ptr<TrailSide> side(new TrailSide(given, std::move(signer)));
  TRY_VOID(side->MakeWitnesses());
  std::optional<trail::Checkpoint> known;
  if (side->file_) {
    // Media that is away now holds nothing up: then the database alone says what was signed last.
    auto newest = audit::FileWitness::Newest(given.config.audit_witness_file, side->key());
    if (!newest.ok()) log::Report(kComponent, "witness_not_read", newest.error());
    if (newest.ok()) known = *newest;
  }
  side->sequencer_ = std::make_unique<audit::Sequencer>(
      audit::Sequencer::Seams{given.store.tree(), given.store.trail(), side->signer_, given.owner,
                              [&metrics = given.metrics](const audit::SequencerState& state) {
                                if (!state.looked) return;
                                metrics.TrailTree(
                                    {state.look.size, state.look.waiting, state.look.oldest, state.look.signed_size,
                                     std::max(state.look.signed_ago, std::chrono::seconds(0)), state.forked});
                              }},
      known);
  return side;
}

Result<void> TrailSide::MakeWitnesses() {
  const config::Config& config = given_.config;
  std::vector<audit::Witness*> witnesses;
  if (!config.audit_witness_file.empty()) {
    file_ = std::make_unique<audit::FileWitness>(config.audit_witness_file);
    witnesses.push_back(file_.get());
  }
  if (!config.audit_witness_url.empty()) {
    TRY_ASSIGN(trail::VerifierKey key, trail::VerifierKey::Read(config.audit_witness_verifier_key));
    other_ = std::make_unique<audit::HttpsWitness>(
        config.audit_witness_url,
        outbound::HttpsFiles{config.audit_witness_root_file, config.audit_witness_certificate_file,
                             config.audit_witness_key_file},
        std::move(key), given_.store.tree());
    witnesses.push_back(other_.get());
  }
  witnesses_ = std::make_unique<audit::WitnessRounds>(
      given_.store.tree(), std::move(witnesses),
      [&metrics = given_.metrics](const std::string& name, std::uint64_t size, int code) {
        metrics.TrailWitness(name, size, code);
      });
  return {};
}

void TrailSide::Start() {
  sequencing_ = std::make_unique<account::Rounds>(audit::kSequenceEvery, [this] { return sequencer_->Tick(); });
  if (!file_ && !other_) return;
  witnessing_ = std::make_unique<account::Rounds>(audit::kWitnessEvery, [this] {
    witnesses_->Tick();
    return true;
  });
}

void TrailSide::Stop() {
  if (sequencing_) {
    sequencing_.reset();
    sequencer_->Finish();
  }
  if (witnessing_) {
    witnessing_.reset();
    witnesses_->Finish();
  }
}

}  // namespace madoguchi::app
