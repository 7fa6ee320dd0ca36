// SPDX-License-Identifier: Apache-2.0
// Whom a press is about, whether its check can work at all, and what the national side has to give before the card is
// asked. Each method (by PIN, by sight, by numbers) has its rules here; check.cpp knows none of them. Thread: any;
// NextPermit blocks up to its deadline.
#pragma once
#include <optional>

#include "contract/crypto/certificate.h"
#include "server/card/meaning.h"
#include "server/check/check.h"
#include "server/check/inquiry.h"

namespace madoguchi::check {

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

// Errors of the card (12xx) · INQUIRY_FIELD_INVALID.
Result<Subject> ReadSubject(const Press& press, const Seams& seams);

// What is certain before anybody is asked: METHOD_NOT_ALLOWED · NUMBER_INQUIRY_OFF · PIN_BLOCKED · PIN_DISABLED ·
// ATTESTATION_MISSING · CARD_WITHOUT_PHOTO · PHOTO_DIFFERS, and the error of a subject that could not be read.
Result<void> Possible(const Press& press, const Result<Subject>& subject, const Seams& seams);

// Empty when none is needed: for an impossible check, an inquiry by numbers, and a press that was sent again with its
// proof.
Result<Permit> NextPermit(const Press& press, const Result<Subject>& subject, const Result<void>& possible,
                          const Seams& seams, Deadline deadline, Facts& facts);

}  // namespace madoguchi::check
