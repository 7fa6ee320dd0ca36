// SPDX-License-Identifier: Apache-2.0
#include "server/check/check.h"

#include <utility>

#include "server/audit/event.h"
#include "server/card/scripts.h"
#include "server/check/record.h"
#include "server/check/subject.h"

namespace madoguchi::check {
namespace {

// The last part of every check belongs to its record: an answer that came late must still reach the trail.
constexpr std::chrono::milliseconds kReservedForRecord{2000};
// A challenge that never comes must not look like a trail that is not there.
constexpr std::chrono::milliseconds kReservedForIntent{500};

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
                                             .detail = "method=" + MethodWord(press.method),
                                             .account_id = press.caller.account_id,
                                             .institution_code = press.caller.institution_code},
                                            deadline);
  return recorded ? error : Error{ErrorCode::kTrailUnavailable, recorded.error().detail, {}};
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
  const Stopwatch names_watch;
  result.names = seams.names.Of(result.answer, deadline);
  facts.database += names_watch.elapsed();
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

  // Its desk may have sent the press again by now: this intent, coming late, would take the press from who goes on.
  if (channel.gone())
    return {NotBegun(press, {ErrorCode::kDeskGone, "before the intent", {}}, seams.trail, deadline), facts};

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
