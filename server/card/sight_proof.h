// SPDX-License-Identifier: Apache-2.0
// SightProof: how a card is made to sign after its holder was identified by sight. How a real card does that is not
// public (reference/jpki-card.md §6): the default is NoSight, and ReferenceSight works between the simulated card and
// the simulated national service only (docs/decisions/0013). A real scheme would be a third implementation. Pure
// functions. Errors are of block 12xx.
#pragma once
#include "contract/card_script.h"

namespace madoguchi::card {

class SightProof {
 public:
  virtual ~SightProof() = default;
  virtual bool available() const = 0;
  // The last step of the opening script, so that the card's challenge is there before a press; nothing without a
  // scheme.
  virtual void AddToOpening(CardScript& opening) const = 0;
  // What the card answered to it. SIGHT_REFUSED_BY_CARD: it knows no such command · CARD_ANSWER_INVALID: nothing is
  // there.
  virtual Result<Bytes> CardChallenge(const ScriptAnswers& opening) const = 0;
  // Runs after the press: EXTERNAL AUTHENTICATE with `proof`, one signature over `challenge`, power-down.
  // Precondition: available(); proof has 1..limits::kLiteralDataBytesMax bytes.
  virtual CardScript ProofScript(ByteView proof, ByteView challenge) const = 0;
};

// sight.scheme = none.
class NoSight final : public SightProof {
 public:
  bool available() const override { return false; }
  void AddToOpening(CardScript& /*opening*/) const override {}
  Result<Bytes> CardChallenge(const ScriptAnswers& opening) const override;
  CardScript ProofScript(ByteView proof, ByteView challenge) const override;
};

// sight.scheme = reference: GET CHALLENGE (ISO 7816-4 §11.5.3), EXTERNAL AUTHENTICATE (§11.5.4).
class ReferenceSight final : public SightProof {
 public:
  static constexpr std::uint16_t kCardChallengeBytes = 16;
  bool available() const override { return true; }
  void AddToOpening(CardScript& opening) const override;
  Result<Bytes> CardChallenge(const ScriptAnswers& opening) const override;
  CardScript ProofScript(ByteView proof, ByteView challenge) const override;
};

}  // namespace madoguchi::card
