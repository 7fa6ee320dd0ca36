// SPDX-License-Identifier: Apache-2.0
// The top of the result page: what the answer comes to, and what the desk does next. The texts of paper that may be
// used instead are said in one place here. Sources: reference/system-described.md S17 (banners),
// reference/eligibility-result.md §2 (OQSCD006, substitutes). Nobody is asked for the full price.
#pragma once
#include <string_view>

#include "terminal/agent/result_page.h"

namespace madoguchi::agent {

inline constexpr int kCertificateDaysWarning = 92;  // 3か月: the longest three months

struct TwoLanguages {
  std::string_view ja, en;
};
// What proves the insurance when a check does not.
extern const TwoLanguages kSubstitutes;

}  // namespace madoguchi::agent

namespace madoguchi::v1 {
class EligibilityAnswer;
}

namespace madoguchi::agent {

void ShowOutcome(const v1::EligibilityAnswer& answer, Page& page);
// Several people fit the numbers: asking again with more of them helps.
bool AsksForMore(const v1::EligibilityAnswer& answer);

}  // namespace madoguchi::agent
