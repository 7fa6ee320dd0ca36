// SPDX-License-Identifier: Apache-2.0
// What of a check goes into the trail: keyed hashes, codes and times; never a name, number, address or PIN. Pure
// functions.
#pragma once
#include <chrono>
#include <string>

#include "contract/crypto/certificate.h"
#include "server/check/check.h"

namespace madoguchi::check {

std::string MethodWord(Method method);  // "pin" or "sight"

// Keyed hash of issuer and serial number: what identifies a card to the insurance side (reference/jpki-card.md §5).
std::string CardHash(const audit::KeyedHash& keyed_hash, const crypto::CertificateFacts& certificate);

// Whole days until then, never negative.
int DaysLeft(std::chrono::system_clock::time_point not_after);

audit::CheckIntent IntentOf(const Press& press, const std::string& card_hash,
                            const Result<eligibility::Challenge>& challenge, const std::string& owner);
audit::CheckOutcome OutcomeOf(const Press& press, std::uint32_t epoch, const Result<CheckResult>& result,
                              const Facts& facts, const audit::KeyedHash& keyed_hash);

}  // namespace madoguchi::check
