// SPDX-License-Identifier: Apache-2.0
// What the person at the desk states before a check by sight: who acts, and whether face and photo are the same person.
// A card cannot tell whether it has a photo. Whatever is stated goes to the server, which refuses and records, with the
// time the person took to look: nobody compares a face in under two seconds.
#pragma once
#include "contract/result.h"
#include "terminal/link/press_order.h"

namespace madoguchi::agent {

// Asks for what is missing of `given`, when `may_ask` and there is a keyboard; else ATTESTATION_MISSING.
Result<link::Attestation> CompleteAttestation(link::Attestation given, bool may_ask);

}  // namespace madoguchi::agent
