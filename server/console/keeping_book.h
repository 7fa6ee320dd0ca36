// SPDX-License-Identifier: Apache-2.0
// KeepingBook: the seam to how long the trail is kept: its month partitions, holds that keep them longer, tombstones of
// what was retired. store/ implements it; each change is one transaction with its row in the trail. Times are RFC 3339
// in UTC, by the database's clock. Retiring is no act of a server: store/trail_retirement.h. Thread: any; calls block
// up to their deadline. Errors besides those named: DATABASE_….
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "contract/deadline.h"
#include "contract/result.h"
#include "server/account/approval.h"

namespace madoguchi::console {

inline constexpr int kHoldsStandingMax = 200;
inline constexpr int kHoldsListed = 500;       // standing ones first, then the newest
inline constexpr int kPartitionsListed = 900;  // 75 years
inline constexpr std::size_t kHoldReasonMax = 200;

struct PartitionFacts {
  std::string name, from, until;  // `from` empty: from the beginning
  std::string state;              // "ahead" "growing" "kept" "held" "retirable" "retired"
  std::int64_t rows = 0;          // as the database last counted them; exact when retired
  std::int64_t bytes = 0;         // table and indexes
  std::string retirable_from;     // `until` and the years of retention
  std::int64_t hold = 0;          // the oldest over it; 0: none
  std::string retired_by, retired_at, reason, leaves;
};

struct HoldFacts {
  std::int64_t number = 0;
  std::string from, until, reason, placed_by, placed_at, lifted_by, lifted_at;
};

struct NewHold {
  std::string from, until;  // RFC 3339; until is exclusive and later
  std::string reason;       // 1–kHoldReasonMax characters
};

class KeepingBook {
 public:
  virtual ~KeepingBook() = default;
  // Oldest first. "retirable": old enough and not held; that every row is signed is looked at when it is retired.
  virtual Result<std::vector<PartitionFacts>> Partitions(int retention_years, Deadline deadline) = 0;
  virtual Result<std::vector<HoldFacts>> Holds(Deadline deadline) = 0;
  // → its number. SERVER_BUSY: kHoldsStandingMax stand. FIELD_INVALID: until is not later than from.
  virtual Result<std::int64_t> PlaceHold(const NewHold& hold, const std::string& by, Deadline deadline) = 0;
  // HOLD_UNKNOWN: there is none of that number, or it is lifted. APPROVAL_INVALID.
  virtual Result<void> LiftHold(std::int64_t number, const std::string& by, const account::Approval& approval,
                                Deadline deadline) = 0;
};

}  // namespace madoguchi::console
