// SPDX-License-Identifier: Apache-2.0
// What the answers of a card mean. The desk is not trusted: every status word and length is checked again here.
// Errors are of block 12xx, or SCRIPT_ANSWERS_INVALID when the answers cannot belong to the script.
#pragma once
#include "contract/card_script.h"
#include "server/card/sight_proof.h"

namespace madoguchi::card {

enum class PinState {
  kUsable,    // at least one try left
  kBlocked,   // no tries left: only the municipality can reset it
  kDisabled,  // this card has no PIN (顔認証マイナンバーカード)
};

// Who put the card there, as far as the card tells without a PIN. The certificate holds no name, address or birth date.
struct Holder {
  Bytes certificate;  // user-authentication certificate, one DER object
  PinState pin_state = PinState::kUsable;
};

// sight: what it added to the opening script may have been refused by the card; that is no reason to stop.
Result<Holder> ReadOpening(const ScriptAnswers& answers, const SightProof& sight);

// The signature over SignatureInput(), still to be verified with the certificate of the same card session.
// PIN_WRONG and PIN_BLOCKED carry the tries left.
Result<Bytes> ReadPinProof(const ScriptAnswers& answers);

// Likewise of a press by sight. SIGHT_REFUSED_BY_CARD: the card did not take the proof.
Result<Bytes> ReadSightProof(const ScriptAnswers& answers);

}  // namespace madoguchi::card
