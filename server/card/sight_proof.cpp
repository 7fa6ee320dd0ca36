// SPDX-License-Identifier: Apache-2.0
#include "server/card/sight_proof.h"

#include "server/card/scripts.h"

namespace madoguchi::card {
namespace {

constexpr StatusPattern kOk{0x9000};
constexpr StatusPattern kRefused{0x6000, 0xF000};  // a card that knows no such command can still be checked by PIN

Error NoChallenge() {
  return {ErrorCode::kCardAnswerInvalid, "the card gave no challenge", {}};
}

}  // namespace

Result<Bytes> NoSight::CardChallenge(const ScriptAnswers& /*opening*/) const {
  return NoChallenge();
}

CardScript NoSight::ProofScript(ByteView /*proof*/, ByteView /*challenge*/) const {
  return {};
}

void ReferenceSight::AddToOpening(CardScript& opening) const {
  opening.steps.push_back({TransmitStep{0x00, 0x84, 0x00, 0x00, NoData{}, kCardChallengeBytes}, {kOk, kRefused}});
}

Result<Bytes> ReferenceSight::CardChallenge(const ScriptAnswers& opening) const {
  if (opening.steps.size() <= kOpeningSteps) return NoChallenge();
  const StepAnswer& answer = opening.steps[kOpeningSteps];
  if (answer.status_word != 0x9000) return Error{ErrorCode::kSightRefusedByCard, "the card gave no challenge", {}};
  if (answer.data.size() != kCardChallengeBytes) return NoChallenge();
  return answer.data;
}

CardScript ReferenceSight::ProofScript(ByteView proof, ByteView challenge) const {
  return SightScript(proof, challenge);
}

}  // namespace madoguchi::card
