// SPDX-License-Identifier: Apache-2.0
// What somebody typed for a press, for tests.
#pragma once
#include <algorithm>

#include "terminal/link/press_order.h"

namespace madoguchi::link {

inline SecretBytes Kept(std::string_view text) {
  SecretBytes kept = SecretBytes::Make(std::max<std::size_t>(text.size(), 1)).value();
  const bool fits = kept.Append(AsBytes(text));
  return fits ? std::move(kept) : SecretBytes::Make(1).value();
}

inline PressFields TypedFields() {
  PressFields fields;
  fields.method = Method::kNumber;
  fields.attestation = {Presenter::kGuardian, PhotoCheck::kNotLooked, std::chrono::milliseconds(1840)};
  fields.inquiry.emplace(NumberInquiry{Kept("138057"), Kept(""), Kept("0042"), Kept("01"), Kept("19600229"), true,
                                       InquiryReason::kAfterAnOutage});
  fields.patient_number = Kept("P-0042");
  fields.expected_birthdate = Kept("19600301");
  return fields;
}

}  // namespace madoguchi::link
