// SPDX-License-Identifier: Apache-2.0
#include "server/check/inquiry.h"

#include <chrono>

#include "contract/insurance_number.h"
#include "server/eligibility/meanings.h"

namespace madoguchi::check {

Result<FoldedInquiry> FoldInquiry(const Press& press) {
  if (!press.inquiry) return Error{ErrorCode::kInquiryFieldInvalid, "no numbers", {}};
  const NumberInquiry& typed = *press.inquiry;
  const NumberReview review =
      ReviewInsuranceNumbers({typed.insurer_number, typed.symbol, typed.number, typed.branch, typed.birthdate},
                             DateInJapan(std::chrono::system_clock::now()));
  if (!review.problems.empty()) {
    const FieldProblem& first = review.problems.front();
    return Error{ErrorCode::kInquiryFieldInvalid, std::string(first.field) + ": " + std::string(first.word), {}};
  }
  if (!typed.confirmation_date.empty() && !eligibility::IsoDate(typed.confirmation_date))
    return Error{ErrorCode::kInquiryFieldInvalid, "confirmation_date: not_a_date", {}};
  const InsuranceNumbers& sent = review.to_send;
  return FoldedInquiry{{press.caller, press.press_id, sent.insurer_number, sent.symbol, sent.number, sent.branch,
                        sent.birthdate, typed.limit_consent, typed.confirmation_date},
                       {review.warnings.begin(), review.warnings.end()}};
}

}  // namespace madoguchi::check
