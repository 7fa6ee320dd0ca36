// SPDX-License-Identifier: Apache-2.0
// What a row of the trail says happened: the words in audit_event.action, as constants of audit::action. They live in
// proto/madoguchi/v1/trail_events.proto. Text goes with them only as `detail` (≤ kDetailBytesMax, no personal data).
#pragma once
#include <cstddef>

#include "contract/trail_event_words.h"  // IWYU pragma: export

namespace madoguchi::audit {

inline constexpr std::size_t kDetailBytesMax = 2048;  // Event::detail; longer text is cut

}  // namespace madoguchi::audit
