// SPDX-License-Identifier: Apache-2.0
// An answer of the national service as the message a desk gets: every text as received, and beside it what it means
// (code tables, ISO 8601 dates, 割 of a ratio) and what to know about a name before it is copied. What has no certain
// meaning gets none. Pure functions.
#pragma once
#include <optional>
#include <vector>

#include "madoguchi/v1/check.pb.h"
#include "server/check/check.h"
#include "server/eligibility/name_notes.h"

namespace madoguchi::desk {

// certificate_days_left: whole days until the end of the certificate that was read; no card: nothing.
// names: what is known here of each result's name, in their order (handoff::Names::Of); missing ones: nothing.
v1::EligibilityAnswer ToMessage(const eligibility::Answer& answer, std::optional<int> certificate_days_left,
                                const std::vector<eligibility::KnownName>& names = {});

// What a check came to, into the message that ends its press.
void SetResult(const check::CheckResult& result, v1::CheckAnswer& answer);

}  // namespace madoguchi::desk
