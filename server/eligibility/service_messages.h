// SPDX-License-Identifier: Apache-2.0
// The JSON of docs/national-service-seam.md: requests written, challenges, permits of sight, outcomes
// and refusals read. Pure functions.
#pragma once
#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "contract/result.h"
#include "server/eligibility/call_book.h"
#include "server/eligibility/national_service.h"

namespace madoguchi::eligibility {

inline constexpr std::size_t kJsonBytesMax = 16 * 1024;  // a challenge or a refusal; a few hundred bytes are usual
inline constexpr std::size_t kChallengeBytes = 32;
inline constexpr std::size_t kSightProofBytesMax = 255;  // the data of one short command (ISO 7816-4 §5.2)
inline constexpr std::chrono::milliseconds kChallengeGoodMost{
    3600'000};  // a longer time that is promised counts as this

std::string ChallengeRequest(const Caller& caller);
std::string CheckRequest(const Question& question);
std::string SightRequest(const Caller& caller, ByteView certificate, ByteView card_challenge);
std::string OutcomeRequest(const Caller& caller, const std::string& key);

// NATIONAL_ANSWER_MALFORMED.
Result<Challenge> ReadChallenge(std::string_view body);
Result<SightPermit> ReadSightPermit(std::string_view body);
Result<Became> ReadOutcome(std::string_view body);

// What a refusal (application/problem+json, RFC 9457) means by status and type; NATIONAL_REQUEST_REFUSED when it is
// none we know.
Error ReadRefusal(int status, std::string_view content_type, std::string_view body);

}  // namespace madoguchi::eligibility
