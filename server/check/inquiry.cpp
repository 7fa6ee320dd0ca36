// SPDX-License-Identifier: Apache-2.0
#include "server/check/inquiry.h"

namespace madoguchi::check {

Result<FoldedInquiry> FoldInquiry(const Press& press) {
  if (!press.inquiry) return Error{ErrorCode::kInquiryFieldInvalid, "no numbers", {}};
  const NumberInquiry& typed = *press.inquiry;
  return FoldedInquiry{{press.caller, press.press_id, typed.insurer_number, typed.symbol, typed.number, typed.branch,
                        typed.birthdate, typed.limit_consent},
                       {}};
}

}  // namespace madoguchi::check
