// SPDX-License-Identifier: Apache-2.0
#include "server/check/check.h"

#include <algorithm>

#include "contract/crypto/certificate.h"
#include "server/audit/event.h"
#include "server/card/meaning.h"
#include "server/card/scripts.h"
#include "server/check/record.h"

namespace madoguchi::check {
namespace {

// The last part of every check belongs to its record: an answer that came late must still reach the trail.
constexpr std::chrono::milliseconds kReservedForRecord{2000};
// A challenge that never comes must not look like a trail that is not there.
constexpr std::chrono::milliseconds kReservedForIntent{500};

// The card of this press, as read before it.
struct Card {
  card::Holder holder;
  crypto::CertificateFacts certificate;
};

Result<Card> ReadCard(const Press& press) {
  TRY_ASSIGN(card::Holder holder, card::ReadOpening(press.opening));
  TRY_ASSIGN(crypto::CertificateFacts certificate, crypto::ReadCertificate(holder.certificate));
  return Card{std::move(holder), std::move(certificate)};
}

Result<void> RefuseWhatCannotWork(const Press& press, const card::Holder& holder) {
  // How a real card lets a verifier sign without PIN is not public: no sight scheme is switched on.
  if (press.method != Method::kPin) return Error{ErrorCode::kMethodNotAllowed, "sight.scheme is none", {}};
  if (holder.pin_state == card::PinState::kBlocked) return Error{ErrorCode::kPinBlocked, "no tries left", 0};
  if (holder.pin_state == card::PinState::kDisabled) return Error{ErrorCode::kPinDisabled, "this card has no PIN", {}};
  return {};
}

// The signature that shows that the holder knows the PIN, made by the card that was read.
Result<Bytes> Prove(const Press& press, const Card& card, const audit::IntentReceipt& intent, CardChannel& channel,
                    Deadline deadline, Facts& facts) {
  ScriptAnswers answers;
  if (press.proof) {
    answers = *press.proof;  // the card was asked before the connection broke; it is not asked again
  } else {
    TRY_ASSIGN(answers, channel.Run(card::PinProofScript(intent.challenge), intent.epoch, deadline));
  }
  facts.card_trips += 1;
  for (const StepAnswer& step : answers.steps) facts.card += std::chrono::microseconds(step.microseconds);
  TRY_ASSIGN(Bytes signature, card::ReadPinProof(answers));
  const Bytes input = SignatureInput(press.caller.institution_code, intent.challenge, press.press_id);
  TRY_ASSIGN(const bool of_this_card, crypto::VerifySignature(card.holder.certificate, input, signature));
  if (!of_this_card)
    return Error{ErrorCode::kSignatureNotOfThisCard, "signature and certificate do not belong together", {}};
  return signature;
}

Result<eligibility::Answer> Ask(const Press& press, const Card& card, const audit::IntentReceipt& intent,
                                Bytes signature, eligibility::NationalService& national, Deadline deadline,
                                Facts& facts) {
  const Stopwatch watch;
  Result<eligibility::Answer> answer =
      national.Ask({press.caller, press.press_id, MethodWord(press.method), intent.challenge_id,
                    card.holder.certificate, std::move(signature)},
                   deadline);
  facts.national += watch.elapsed();
  return answer;
}

Result<eligibility::Challenge> NextChallenge(const Press& press, const Result<void>& possible, const Seams& seams,
                                             Deadline deadline, Facts& facts) {
  if (press.proof || !possible) return eligibility::Challenge{};  // the stored one counts, or none is needed
  const Stopwatch watch;
  Result<eligibility::Challenge> challenge = seams.national.IssueChallenge(press.caller, deadline);
  facts.national += watch.elapsed();
  return challenge;
}

// A press that was refused before it began leaves its own row; without a trail there is none to leave.
Error NotBegun(const Press& press, Error error, audit::Trail& trail, Deadline deadline) {
  if (error.code == ErrorCode::kTrailUnavailable) return error;
  Result<void> recorded = trail.RecordEvent({.action = audit::action::kCheckRefused,
                                             .desk_id = press.caller.desk_id,
                                             .press_id = press.press_id,
                                             .code = static_cast<int>(error.code),
                                             .detail = {}},
                                            deadline);
  return recorded ? error : Error{ErrorCode::kTrailUnavailable, recorded.error().detail, {}};
}

Result<void> Possible(const Press& press, const Result<Card>& card) {
  if (!card) return card.error();
  return RefuseWhatCannotWork(press, card->holder);
}

Result<CheckResult> ProveAndAsk(const Press& press, const Result<Card>& card, const Result<void>& possible,
                                const Result<eligibility::Challenge>& challenge, const audit::IntentReceipt& intent,
                                CardChannel& channel, const Seams& seams, Deadline deadline, Facts& facts) {
  if (!possible) return possible.error();
  if (!challenge) return challenge.error();
  TRY_ASSIGN(Bytes signature, Prove(press, *card, intent, channel, deadline, facts));  // 2 prove
  TRY_ASSIGN(eligibility::Answer answer,
             Ask(press, *card, intent, std::move(signature), seams.national, deadline, facts));  // 3 ask
  return CheckResult{std::move(answer), DaysLeft(card->certificate.not_after)};
}

}  // namespace

Outcome RunCheck(const Press& press, CardChannel& channel, const Seams& seams, Deadline deadline) {
  const Stopwatch total;
  Facts facts;
  const Deadline work_deadline(deadline.at() - kReservedForRecord);
  const Result<Card> card = ReadCard(press);
  const Result<void> possible = Possible(press, card);
  const Result<eligibility::Challenge> challenge =
      NextChallenge(press, possible, seams, Deadline(work_deadline.at() - kReservedForIntent), facts);

  Result<audit::IntentReceipt> intent = seams.trail.RecordIntent(  // 1 intent
      IntentOf(press, card ? CardHash(seams.keyed_hash, card->certificate) : std::string{}, challenge, seams.owner),
      work_deadline);
  if (!intent) return {NotBegun(press, std::move(intent).error(), seams.trail, deadline), facts};  // no trail, no check

  Result<CheckResult> result =
      ProveAndAsk(press, card, possible, challenge, *intent, channel, seams, work_deadline, facts);
  facts.total = total.elapsed();
  Result<void> recorded = seams.trail.RecordOutcome(OutcomeOf(press, intent->epoch, result, facts, seams.keyed_hash),
                                                    deadline);  // 4 record
  if (!recorded) return {std::move(recorded).error(), facts};   // what is not in the trail is not answered
  return {std::move(result), facts};                            // 5 answer
}

}  // namespace madoguchi::check
