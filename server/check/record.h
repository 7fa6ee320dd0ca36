// SPDX-License-Identifier: Apache-2.0
// What of a check goes into the trail: keyed hashes, codes and times; never a name, number, address or PIN. Pure
// functions.
#pragma once
#include <chrono>
#include <string>
#include <vector>

#include "contract/crypto/certificate.h"
#include "server/check/check.h"

namespace madoguchi::check {

std::string MethodWord(Method method);  // "pin", "sight" or "number"

// Keyed hash of issuer and serial number (audit/subject.h): what identifies a card to the insurance side
// (reference/jpki-card.md §5).
std::string CardHash(const audit::KeyedHash& keyed_hash, const crypto::CertificateFacts& certificate);

// Whole days until then, never negative.
int DaysLeft(std::chrono::system_clock::time_point not_after);

// What the desk measured of a script that ran after the press.
void Count(const ScriptAnswers& answers, Facts& facts);

// One of the answer's persons was born on another day than the press expected.
bool BirthdateDiffers(const Press& press, const eligibility::Answer& answer);

// The sealed rows of a result that goes on; names their channels in it. A result that cannot be kept is shown all the
// same.
std::vector<audit::KeptRow> KeepForLater(const Press& press, Result<CheckResult>& result,
                                         const handoff::Outbox& outbox);

// challenge: empty when none could be had or none is needed.
audit::CheckIntent IntentOf(const Press& press, const std::string& card_hash, const eligibility::Challenge& challenge,
                            const Seams& seams);
audit::CheckOutcome OutcomeOf(const Press& press, std::uint32_t epoch, const Result<CheckResult>& result,
                              const Facts& facts, std::vector<audit::KeptRow> kept, const audit::KeyedHash& keyed_hash);

}  // namespace madoguchi::check
