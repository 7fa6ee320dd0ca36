// SPDX-License-Identifier: Apache-2.0
#include "server/check/subject.h"

#include <utility>

namespace madoguchi::check {
namespace {

// Whatever the card or the numbers are.
Result<void> RefuseUnread(const Press& press, const Seams& seams) {
  if (press.method == Method::kNumber && !seams.policy.number_inquiry)
    return Error{ErrorCode::kNumberInquiryOff, "number.inquiry is off", {}};
  if (press.attestation.photo_check == "another") return Error{ErrorCode::kPhotoDiffers, "as the desk stated", {}};
  // How a real card lets a verifier sign without PIN is not public: only a switched-on scheme makes this possible.
  if (press.method == Method::kSight && !seams.sight.available())
    return Error{ErrorCode::kMethodNotAllowed, "sight.scheme is none", {}};
  return {};
}

Result<void> RefuseCard(const Press& press, card::PinState pin) {
  if (press.method == Method::kPin) {
    if (pin == card::PinState::kBlocked) return Error{ErrorCode::kPinBlocked, "no tries left", 0};
    if (pin == card::PinState::kDisabled) return Error{ErrorCode::kPinDisabled, "this card has no PIN", {}};
    return {};
  }
  if (press.attestation.photo_check == "none") return Error{ErrorCode::kCardWithoutPhoto, "as the desk stated", {}};
  if (press.attestation.photo_check.empty() || press.attestation.presenter.empty())
    return Error{ErrorCode::kAttestationMissing, "of a press by sight", {}};
  return {};
}

}  // namespace

Result<Subject> ReadSubject(const Press& press, const Seams& seams) {
  if (press.method == Method::kNumber) {
    TRY_ASSIGN(FoldedInquiry inquiry, FoldInquiry(press));
    return Subject{{}, std::move(inquiry)};
  }
  TRY_ASSIGN(card::Holder holder, card::ReadOpening(press.opening, seams.sight));
  TRY_ASSIGN(crypto::CertificateFacts certificate, crypto::ReadCertificate(holder.certificate));
  return Subject{Card{std::move(holder), std::move(certificate)}, {}};
}

Result<void> Possible(const Press& press, const Result<Subject>& subject, const Seams& seams) {
  TRY_VOID(RefuseUnread(press, seams));  // first: nobody shall mend numbers or clean a card in vain
  if (!subject) return subject.error();
  return subject->card ? RefuseCard(press, subject->card->holder.pin_state) : Result<void>();
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

}  // namespace madoguchi::check
