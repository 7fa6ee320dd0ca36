// SPDX-License-Identifier: Apache-2.0
// An inquiry by numbers (S19a): from what was typed to what is asked. Pure. INQUIRY_FIELD_INVALID names the field,
// never its value.
#pragma once
#include <string>
#include <vector>

#include "server/check/check.h"

namespace madoguchi::check {

struct FoldedInquiry {
  eligibility::Inquiry inquiry;
  std::vector<std::string> warnings;  // unusual, but sent: words of contract/insurance_number.h
};

Result<FoldedInquiry> FoldInquiry(const Press& press);

}  // namespace madoguchi::check
