// SPDX-License-Identifier: Apache-2.0
// KeptBook: the rows of kept_result after they were written with their outcome (audit::KeptRow): taken for delivery,
// ended, released, destroyed, listed. store/ implements it. Every end is in the trail in the same transaction. A row
// whose key lies in another server's directory is never given here. Keys are destroyed by the caller, after the call
// (kept_results.h, courier.h). Thread: any; calls block up to their deadline. Errors: those of the database (17xx) and
// the ones named.
#pragma once
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "contract/bytes.h"
#include "contract/deadline.h"
#include "contract/result.h"

namespace madoguchi::handoff {

inline constexpr std::chrono::seconds kLease{30};  // one attempt; then another thread or server may take the row
inline constexpr std::size_t kRowsPerRound = 20;
inline constexpr std::size_t kRowsListedMax = 500;
inline constexpr std::size_t kExpiredPerRound = 200;
inline constexpr std::chrono::minutes kForeignExpiryAfter{2};  // the server that has their keys is gone
inline constexpr std::chrono::hours kEndedRowsKept{30 * 24};   // what became of them, without the result
inline constexpr std::size_t kForgottenPerRound = 1000;
inline constexpr std::size_t kFilesLookedAtPerRound = 200;
inline constexpr std::chrono::minutes kLookAgainEvery{60};  // for a delivered file that is not there
inline constexpr std::chrono::hours kLookedForMax{7 * 24};  // since its delivery

// A row as it is taken for one attempt.
struct DueRow {
  std::int64_t number = 0;
  std::string row_id;  // also its key's name
  Bytes press_id;
  std::string desk_id, institution_code;
  int attempts = 0;  // this one included
  Bytes sealed;
};

// What left by a channel.
struct Delivery {
  std::string file_name;  // of a folder; else empty
  std::string sha256;     // of the bytes that left, hex
};

struct ShownRow {
  std::int64_t number = 0;
  std::string row_id;
  Bytes press_id, sealed;
  std::chrono::seconds left{0};  // until it is destroyed
};

// A file that was delivered into a folder and has stayed there long enough.
struct StayedFile {
  std::int64_t number = 0;
  std::string file_name, sha256;
};

struct ListedRow {
  std::int64_t number = 0;
  std::string channel, state, press_id, desk_name, institution_code, created_at, next_at, ended_at, file_name, sha256;
  int attempts = 0, code = 0;
};

struct ListWish {
  std::vector<std::string> institution_codes;  // empty: all
  std::string channel, state;                  // empty: all
  std::size_t at_most = 100;                   // 1 to kRowsListedMax
  std::int64_t before = 0;                     // number of the last row seen; 0: from the newest
};

class KeptBook {
 public:
  virtual ~KeptBook() = default;

  // --- delivery ---
  // Waiting rows of this channel that are due and whose keys are among `keys` (row ids), oldest first, at most
  // kRowsPerRound; each is put off by kLease.
  virtual Result<std::vector<DueRow>> TakeDue(const std::string& channel, const std::vector<std::string>& keys,
                                              Deadline deadline) = 0;
  // It left: the sealed content goes. In the trail even when the row was ended meanwhile, because it did leave.
  virtual Result<void> Delivered(const DueRow& row, const std::string& channel, const Delivery& delivery,
                                 Deadline deadline) = 0;
  // Not tried again by itself; kept until it expires, so that an administrator can retry it.
  virtual Result<void> Refused(const DueRow& row, const std::string& channel, ErrorCode code, Deadline deadline) = 0;
  virtual Result<void> Later(const DueRow& row, ErrorCode code, std::chrono::milliseconds pause, Deadline deadline) = 0;

  // --- pull ---
  // Waiting rows a receiver may read, oldest first, at most kRowsPerRound; they stay. The first reading of each by each
  // reader is in the trail. desk_id: UUID text; empty: of all desks.
  virtual Result<std::vector<DueRow>> ReadWaiting(const std::string& channel, const std::string& desk_id,
                                                  const std::vector<std::string>& keys, const std::string& reader,
                                                  Deadline deadline) = 0;
  // The receiver has it. False: no waiting or delivered row of this channel has this id.
  virtual Result<bool> Taken(const std::string& channel, const std::string& row_id, const std::string& reader,
                             Deadline deadline) = 0;

  // --- the desk ---
  // Of the held rows of this desk's press: released, or destroyed together with what could be shown again. → row ids
  // destroyed. PERSON_NOT_CONFIRMED: nothing is held.
  virtual Result<std::vector<std::string>> Confirm(const std::string& desk_id, const Bytes& press_id, bool same_person,
                                                   Deadline deadline) = 0;
  // The newest of this desk that may be shown again and has not expired.
  virtual Result<std::optional<ShownRow>> NewestShown(const std::string& desk_id, Deadline deadline) = 0;
  // Recorded before it is shown. RESULT_GONE: it has ended meanwhile.
  virtual Result<void> RecordShown(const ShownRow& row, Deadline deadline) = 0;

  // --- time ---
  // Destroys what has expired, at most kExpiredPerRound: rows whose keys are among `keys`, and those that their own
  // server has not destroyed for kForeignExpiryAfter. → row ids.
  virtual Result<std::vector<std::string>> Expire(const std::vector<std::string>& keys, Deadline deadline) = 0;
  // Which of these ids have a row that has not ended.
  virtual Result<std::vector<std::string>> Living(const std::vector<std::string>& row_ids, Deadline deadline) = 0;
  // True: nothing more to forget now (kEndedRowsKept).
  virtual Result<bool> ForgetEnded(Deadline deadline) = 0;
  // Rows that wait or are held here or elsewhere, for the metric.
  virtual Result<std::size_t> CountWaiting(const std::string& channel, Deadline deadline) = 0;
  // Files delivered at least `stay` ago that are still to be looked at, at most kFilesLookedAtPerRound. One that was:
  // not again. One that was not there, or could not be looked at: after kLookAgainEvery, until kLookedForMax.
  virtual Result<std::vector<StayedFile>> Stayed(const std::string& channel, std::chrono::minutes stay,
                                                 Deadline deadline) = 0;
  virtual Result<void> Cleaned(std::int64_t number, Deadline deadline) = 0;
  virtual Result<void> LookLater(std::int64_t number, Deadline deadline) = 0;

  // --- the console ---
  // Newest first.
  virtual Result<std::vector<ListedRow>> List(const ListWish& wish, Deadline deadline) = 0;
  // A refused row waits again, due now. NOT_FOUND_HERE (also of an institution that is not among the codes; empty: all)
  // · STATE_NOT_POSSIBLE.
  virtual Result<void> Retry(std::int64_t number, const std::vector<std::string>& institution_codes,
                             const std::string& actor, Deadline deadline) = 0;
  // Destroyed now. → its row id. As Retry; STATE_NOT_POSSIBLE: it has ended.
  virtual Result<std::string> Discard(std::int64_t number, const std::vector<std::string>& institution_codes,
                                      const std::string& actor, Deadline deadline) = 0;
};

}  // namespace madoguchi::handoff
