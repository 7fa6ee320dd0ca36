// SPDX-License-Identifier: Apache-2.0
#include "server/check/check.h"

#include <utility>

#include "contract/crypto/certificate.h"
#include "server/audit/event.h"
#include "server/card/meaning.h"
#include "server/card/scripts.h"
#include "server/check/inquiry.h"
#include "server/check/record.h"

namespace madoguchi::check {
namespace {

// The last part of every check belongs to its record: an answer that came late must still reach the trail.
constexpr std::chrono::milliseconds kReservedForRecord{2000};
// A challenge that never comes must not look like a trail that is not there.
constexpr std::chrono::milliseconds kReservedForIntent{500};

// Whom a press is about, as read before it: a card, or the numbers of a paper.
struct Card {
  card::Holder holder;
  crypto::CertificateFacts certificate;
};
struct Subject {
  std::optional<Card> card;
  std::optional<FoldedInquiry> inquiry;
};

// What the national side gives before the card is asked.
struct Permit {
  eligibility::Challenge challenge;
  Bytes sight_proof;  // of a press by sight
};

Result<Subject> ReadSubject(const Press& press, const Seams& seams) {
  if (press.method == Method::kNumber) {
    TRY_ASSIGN(FoldedInquiry inquiry, FoldInquiry(press));
    return Subject{{}, std::move(inquiry)};
  }
  TRY_ASSIGN(card::Holder holder, card::ReadOpening(press.opening, seams.sight));
  TRY_ASSIGN(crypto::CertificateFacts certificate, crypto::ReadCertificate(holder.certificate));
  return Subject{Card{std::move(holder), std::move(certificate)}, {}};
}

Result<void> RefuseWhatCannotWork(const Press& press, const Subject& subject, const Seams& seams) {
  if (press.method == Method::kNumber) {
    if (!seams.policy.number_inquiry) return Error{ErrorCode::kNumberInquiryOff, "number.inquiry is off", {}};
    return {};
  }
  const card::PinState pin = subject.card->holder.pin_state;
  if (press.attestation.photo_check == "another") return Error{ErrorCode::kPhotoDiffers, "as the desk stated", {}};
  if (press.method == Method::kPin) {
    if (pin == card::PinState::kBlocked) return Error{ErrorCode::kPinBlocked, "no tries left", 0};
    if (pin == card::PinState::kDisabled) return Error{ErrorCode::kPinDisabled, "this card has no PIN", {}};
    return {};
  }
  // How a real card lets a verifier sign without PIN is not public: only a switched-on scheme makes this possible.
  if (!seams.sight.available()) return Error{ErrorCode::kMethodNotAllowed, "sight.scheme is none", {}};
  if (press.attestation.photo_check == "none") return Error{ErrorCode::kCardWithoutPhoto, "as the desk stated", {}};
  if (press.attestation.photo_check.empty() || press.attestation.presenter.empty())
    return Error{ErrorCode::kAttestationMissing, "of a press by sight", {}};
  return {};
}

Result<Permit> NextPermit(const Press& press, const Result<Subject>& subject, const Result<void>& possible,
                          const Seams& seams, Deadline deadline, Facts& facts) {
  // The stored challenge counts, or none is needed.
  if (press.proof || !possible || press.method == Method::kNumber) return Permit{};
  const Stopwatch watch;
  const auto ask = [&]() -> Result<Permit> {
    if (press.method == Method::kPin) {
      TRY_ASSIGN(eligibility::Challenge challenge, seams.national.IssueChallenge(press.caller, deadline));
      return Permit{std::move(challenge), {}};
    }
    TRY_ASSIGN(const Bytes card_challenge, seams.sight.CardChallenge(press.opening));
    TRY_ASSIGN(eligibility::SightPermit permit,
               seams.national.PermitSight(press.caller, subject->card->holder.certificate, card_challenge, deadline));
    return Permit{std::move(permit.challenge), std::move(permit.proof)};
  };
  Result<Permit> permit = ask();
  facts.national += watch.elapsed();
  return permit;
}

// The signature that shows that the holder is there, made by the card that was read: by the PIN, or by sight.
Result<Bytes> Prove(const Press& press, const Card& card, const Permit& permit, const audit::IntentReceipt& intent,
                    CardChannel& channel, const Seams& seams, Deadline deadline, Facts& facts) {
  const bool by_pin = press.method == Method::kPin;
  ScriptAnswers answers;
  if (press.proof) {
    answers = *press.proof;  // the card was asked before the connection broke; it is not asked again
  } else {
    const CardScript script =
        by_pin ? card::PinProofScript(intent.challenge) : seams.sight.ProofScript(permit.sight_proof, intent.challenge);
    TRY_ASSIGN(answers, channel.Run(script, intent.epoch, deadline));
  }
  Count(answers, facts);
  TRY_ASSIGN(Bytes signature, by_pin ? card::ReadPinProof(answers) : card::ReadSightProof(answers));
  const Bytes input = SignatureInput(press.caller.institution_code, intent.challenge, press.press_id);
  TRY_ASSIGN(const bool of_this_card, crypto::VerifySignature(card.holder.certificate, input, signature));
  if (!of_this_card)
    return Error{ErrorCode::kSignatureNotOfThisCard, "signature and certificate do not belong together", {}};
  return signature;
}

Result<eligibility::Answer> Ask(const Press& press, const Subject& subject, const audit::IntentReceipt& intent,
                                Bytes signature, eligibility::NationalService& national, Deadline deadline,
                                Facts& facts) {
  const Stopwatch watch;
  Result<eligibility::Answer> answer =
      subject.inquiry ? national.Inquire(subject.inquiry->inquiry, deadline)
                      : national.Ask({press.caller, press.press_id, MethodWord(press.method), intent.challenge_id,
                                      subject.card->holder.certificate, std::move(signature)},
                                     deadline);
  facts.national += watch.elapsed();
  return answer;
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

Result<void> Possible(const Press& press, const Result<Subject>& subject, const Seams& seams) {
  if (!subject) return subject.error();
  return RefuseWhatCannotWork(press, *subject, seams);
}

Result<CheckResult> ProveAndAsk(const Press& press, const Subject& subject, const Permit& permit,
                                const audit::IntentReceipt& intent, CardChannel& channel, const Seams& seams,
                                Deadline deadline, Facts& facts) {
  Bytes signature;
  if (subject.card) {
    TRY_ASSIGN(signature, Prove(press, *subject.card, permit, intent, channel, seams, deadline, facts));  // 2 prove
  }
  CheckResult result;
  TRY_ASSIGN(result.answer,
             Ask(press, subject, intent, std::move(signature), seams.national, deadline, facts));  // 3 ask
  if (subject.card) result.certificate_days_left = DaysLeft(subject.card->certificate.not_after);
  if (subject.inquiry) result.number_warnings = subject.inquiry->warnings;
  result.birthdate_differs = BirthdateDiffers(press, result.answer);
  result.names = seams.names.Of(result.answer, deadline);
  return result;
}

}  // namespace

Outcome RunCheck(const Press& press, CardChannel& channel, const Seams& seams, Deadline deadline) {
  const Stopwatch total;
  Facts facts;
  const Deadline work_deadline(deadline.at() - kReservedForRecord);
  const Result<Subject> subject = ReadSubject(press, seams);
  const Result<void> possible = Possible(press, subject, seams);
  const Result<Permit> permit =
      NextPermit(press, subject, possible, seams, Deadline(work_deadline.at() - kReservedForIntent), facts);

  const bool read = subject && subject->card;
  const Stopwatch intent_watch;
  Result<audit::IntentReceipt> intent = seams.trail.RecordIntent(  // 1 intent
      IntentOf(press, read ? CardHash(seams.keyed_hash, subject->card->certificate) : std::string{},
               permit ? permit->challenge : eligibility::Challenge{}, seams),
      work_deadline);
  facts.database += intent_watch.elapsed();
  if (!intent) return {NotBegun(press, std::move(intent).error(), seams.trail, deadline), facts};  // no trail, no check

  Result<CheckResult> result =
      !possible ? Result<CheckResult>(possible.error())
      : !permit ? Result<CheckResult>(permit.error())
                : ProveAndAsk(press, *subject, *permit, *intent, channel, seams, work_deadline, facts);
  const std::vector<audit::KeptRow> kept = KeepForLater(press, result, seams.outbox);
  facts.total = total.elapsed();
  const Stopwatch outcome_watch;
  Result<void> recorded = seams.trail.RecordOutcome(  // 4 record
      OutcomeOf(press, intent->epoch, result, facts, kept, seams.keyed_hash), deadline);
  facts.database += outcome_watch.elapsed();
  if (!recorded) {  // what is not in the trail is not answered, nor handed on
    seams.outbox.Forget(kept);
    return {std::move(recorded).error(), facts};
  }
  return {std::move(result), facts};  // 5 answer
}

}  // namespace madoguchi::check
