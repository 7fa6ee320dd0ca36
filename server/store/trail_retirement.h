// SPDX-License-Identifier: Apache-2.0
// Retiring one partition of the trail: its rows go, a signed tombstone stays, and their hashes stay in the tree. With
// the owner's role, on the server's machine: a server itself can remove nothing. In one transaction:
//
//   look: whole, old enough, no hold, every row in the tree under a signed checkpoint and in the second sink, where one
//   is configured (slices, so that it can be followed) ─▶ sign ─▶ lock the trail for a moment: event, tombstone,
//   detach, drop
//
// Writers are held up for at most kLockWait and the moment itself: the lock is given up and asked for again when it
// cannot be had. Until that moment nothing is changed; a dry run ends before it. Thread: any; blocks for as long as the
// slices take and then up to kLockAttemptsMax seconds. Errors: PARTITION_NOT_RETIRABLE (why) · TRAIL_HELD (number of
// the hold) · DATABASE_BUSY (the lock could not be had, or another is retiring) · DATABASE_….
#pragma once
#include <chrono>
#include <functional>
#include <string>

#include "contract/result.h"
#include "contract/trail/checkpoint.h"
#include "contract/trail/tombstone.h"

namespace madoguchi::store {

inline constexpr std::chrono::minutes kSliceWithin{5};
inline constexpr std::chrono::seconds kSlice{std::chrono::days{1}};  // of the time in which rows were recorded
inline constexpr std::int64_t kSlicesMax = 4000;                     // then they are longer
inline constexpr std::chrono::milliseconds kLockWait{300};  // so long nothing is recorded, each time it is asked for
inline constexpr std::chrono::seconds kLockPause{1};
inline constexpr int kLockAttemptsMax = 120;
inline constexpr std::size_t kRetiredByBytesMax = 100;

struct Retirement {
  std::string partition;   // "audit_event_2026_11"
  std::string by, reason;  // one line each
  int retention_years = 5;
  bool dry_run = false;
  std::string sink = {};  // the trail_follower that has to have its rows first; empty: no second sink is configured
};

struct RetiredPartition {
  trail::Tombstone tombstone;
  std::int64_t bytes = 0;  // that the database gets back
};

// `progress` is told how much of the partition has been looked at, 0–1. The signer's name is the trail's origin.
Result<RetiredPartition> RetirePartition(const std::string& owner_url, const Retirement& wish,
                                         const trail::Signer& signer,
                                         const std::function<void(double looked_at)>& progress);

}  // namespace madoguchi::store
