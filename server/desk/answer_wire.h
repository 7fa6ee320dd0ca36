// SPDX-License-Identifier: Apache-2.0
// An answer of the national service as the message a desk gets: every text as received, and beside it what it means
// (code tables, ISO 8601 dates, 割 of a ratio). What has no certain meaning gets none. Pure function.
#pragma once
#include "madoguchi/v1/result.pb.h"
#include "server/eligibility/answer.h"

namespace madoguchi::desk {

// certificate_days_left: whole days until the end of the certificate that was read.
v1::EligibilityAnswer ToMessage(const eligibility::Answer& answer, int certificate_days_left);

}  // namespace madoguchi::desk
