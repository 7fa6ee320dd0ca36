// SPDX-License-Identifier: Apache-2.0
// The scripts that drive a My Number Card's JPKI application. Source of every byte: reference/jpki-card.md §1–3 (status
// "agreed"). Pure functions; nothing here knows how a script travels.
#pragma once
#include "contract/card_script.h"

namespace madoguchi::card {

// Runs when a card appears, without a press and without a PIN: SELECT the JPKI application, read the token label and
// the user-authentication certificate, look at the tries left. Holds the card (`last` is false).
CardScript OpeningScript();

// Runs after the press: VERIFY from the desk's PIN slot, one signature over the challenge, then the card is powered
// down. challenge: limits::kChallengeBytesMin..Max bytes.
CardScript PinProofScript(ByteView challenge);

// Runs after a press by sight (reference scheme): EXTERNAL AUTHENTICATE with `proof` (1..limits::kLiteralDataBytesMax
// bytes), one signature over the challenge, then the card is powered down. First, because a card's challenge serves its
// next use only.
CardScript SightScript(ByteView proof, ByteView challenge);

// Positions of the steps, for whoever reads the answers.
enum OpeningStep : std::size_t {
  kSelectApplication,
  kReadToken,
  kReadCertificate,
  kSelectPin,
  kLookAtTries,
  kOpeningSteps
};
enum PinProofStep : std::size_t { kSelectPinAgain, kVerifyPin, kSelectKey, kSign, kPinProofSteps };
enum SightStep : std::size_t { kAuthenticate, kSelectKeyBySight, kSignBySight, kSightSteps };

}  // namespace madoguchi::card
