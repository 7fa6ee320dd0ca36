// SPDX-License-Identifier: Apache-2.0
// TrailSide: the tree over the trail as a serving process keeps it: the sequencer that gives rows their places and
// signs heads, and the witnesses that hold them elsewhere. Thread: made, started and ended on the main thread; each
// part has one of its own, and none of them is waited for by a check. Ownership: everything given outlives it.
#pragma once
#include <atomic>
#include <memory>
#include <string>

#include "contract/result.h"
#include "contract/trail/checkpoint.h"
#include "server/account/rounds.h"
#include "server/audit/file_witness.h"
#include "server/audit/https_witness.h"
#include "server/audit/sequencer.h"
#include "server/config.h"
#include "server/store/store.h"
#include "server/telemetry/metrics.h"

namespace madoguchi::app {

class TrailSide {
 public:
  struct Given {
    const config::Config& config;
    store::Store& store;
    telemetry::Metrics& metrics;
    std::string owner;  // this server process
  };
  // TRAIL_KEY_INVALID · CONFIG_FILE_….
  static Result<std::unique_ptr<TrailSide>> Make(const Given& given);
  TrailSide(const TrailSide&) = delete;
  TrailSide& operator=(const TrailSide&) = delete;

  void Start();
  // After what was recorded last, so that it still gets its place, is signed and given to the witnesses that answer:
  // nothing lies open while the clinic is closed.
  void Stop();
  audit::SequencerState state() const { return sequencer_->state(); }
  const trail::VerifierKey& key() const { return signer_.verifier(); }

 private:
  TrailSide(const Given& given, trail::Signer signer);
  Result<void> MakeWitnesses();
  const Given given_;
  const trail::Signer signer_;
  std::unique_ptr<audit::FileWitness> file_;    // empty: none is configured
  std::unique_ptr<audit::HttpsWitness> other_;  // likewise
  std::unique_ptr<audit::Sequencer> sequencer_;
  std::unique_ptr<audit::WitnessRounds> witnesses_;
  std::unique_ptr<account::Rounds> sequencing_, witnessing_;  // last: they use what stands above
};

}  // namespace madoguchi::app
