// SPDX-License-Identifier: Apache-2.0
// CardAtDesk: the one card this desk works with: its session, its opening answers, and when it must be let go.
// Thread: one. A card is held at most limits::kCardHeldUnusedMax while nobody presses; then it is unpowered and its
// opening answers are dropped, and the opening script runs again at the press.
#pragma once
#include <map>
#include <memory>
#include <optional>

#include "contract/crypto/digest.h"
#include "terminal/link/events.h"
#include "terminal/reader/card_session.h"
#include "terminal/reader/reader_state.h"
#include "terminal/relay/script_runner.h"

namespace madoguchi::agent {

// Which card: the same card in the same reader, not taken away in between.
struct CardIdentity {
  std::string reader;
  std::uint32_t card_events = 0;
  bool operator==(const CardIdentity&) const = default;
};

class CardAtDesk {
 public:
  // Opens a session and runs the opening script; answers that stopped early are answers too. Errors: the session could
  // not be opened or was lost.
  Result<void> Open(const reader::ReaderState& reader, const link::Welcome& welcome);
  // The card is gone, swapped, or was held long enough.
  void Release();
  bool held() const { return session_ != nullptr; }
  const std::optional<CardIdentity>& identity() const { return identity_; }
  // When to let the card go; far away when none is held.
  Deadline release_at() const { return release_at_; }

  // Preconditions: held().
  const relay::ScriptRun& opening() const { return opening_; }
  const CardScript& opening_script() const { return script_; }
  // A PIN cannot help with this card: it has none, or none any more.
  bool pin_is_over() const { return pin_is_over_; }
  // Of what the card that was opened last told about itself; the same card gives the same again.
  const std::optional<crypto::Sha256Digest>& fingerprint() const { return fingerprint_; }
  relay::ScriptRun RunProof(const CardScript& script, const relay::PressAtCard& press);

 private:
  relay::ScriptRun TryOpening(const reader::ReaderState& reader, const link::Welcome& welcome,
                              relay::ExtendedApdu extended);

  std::optional<CardIdentity> identity_;
  std::unique_ptr<reader::CardSession> session_;
  std::unique_ptr<relay::ScriptRunner> runner_;  // uses *session_
  CardScript script_;
  relay::ScriptRun opening_;
  bool pin_is_over_ = false;
  std::optional<crypto::Sha256Digest> fingerprint_;
  Deadline release_at_{Deadline::Clock::time_point::max()};
  std::map<std::string, relay::ExtendedApdu> learned_;  // by reader name; at most reader::kReadersMax
};

}  // namespace madoguchi::agent
