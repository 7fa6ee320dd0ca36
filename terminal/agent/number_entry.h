// SPDX-License-Identifier: Apache-2.0
// The fields of an inquiry by numbers: asked for, looked at with contract/insurance_number.h before anything is sent,
// and agreed to where they are unusual. Thread: one. Errors: INQUIRY_FIELD_INVALID (the detail names fields and what is
// wrong with them, never a value), SECRET_MEMORY_UNAVAILABLE.
#pragma once
#include "terminal/agent/entry.h"
#include "terminal/link/press_order.h"

namespace madoguchi::agent {

inline constexpr int kNumbersTypedMax = 5;  // rounds of typing until the numbers can be sent and are agreed to

Result<link::NumberInquiry> AskNumbers(Entry& entry);
// Symbol and branch again, after several hits; what is not typed again stays. Precondition: entry.typed().
Result<void> AskMoreNumbers(Entry& entry, link::NumberInquiry& inquiry);
// yyyyMMdd of a birth date as people type it; empty when there is no such day.
Result<SecretBytes> DayOf(const SecretBytes& typed);

}  // namespace madoguchi::agent
