// SPDX-License-Identifier: Apache-2.0
// The JSON of docs/national-service-seam.md: requests written, challenges and refusals read. Pure functions.
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "contract/result.h"
#include "server/eligibility/national_service.h"

namespace madoguchi::eligibility {

inline constexpr std::size_t kJsonBytesMax = 16 * 1024;  // a challenge or a refusal; a few hundred bytes are usual
inline constexpr std::size_t kChallengeBytes = 32;

std::string ChallengeRequest(const Caller& caller);
std::string CheckRequest(const Question& question);

// NATIONAL_ANSWER_MALFORMED.
Result<Challenge> ReadChallenge(std::string_view body);

// What a refusal (application/problem+json, RFC 9457) means by status and type; NATIONAL_REQUEST_REFUSED when it is
// none we know.
Error ReadRefusal(int status, std::string_view content_type, std::string_view body);

}  // namespace madoguchi::eligibility
