// SPDX-License-Identifier: Apache-2.0
// Service calls (外部照会): one row per request to the national service and what came of it; never a name, a number of
// a person or a body. CallBook is the seam store/ implements. Thread: any; calls block up to their deadline. Errors:
// 17xx.
#pragma once
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "contract/deadline.h"
#include "contract/result.h"
#include "server/eligibility/national_service.h"

namespace madoguchi::eligibility {

inline constexpr std::size_t kCallRecordsPerWriteMax = 200;
inline constexpr std::size_t kCallKeyBytesMax = 64;
inline constexpr std::size_t kProcessingCodeBytesMax = 40;
inline constexpr std::size_t kCallsPerPageMax = 500;
// No call takes longer: a row that is open for longer belongs to a server that ended with it.
inline constexpr std::chrono::seconds kCallLongest{120};
// When the national side is asked what became of a call whose outcome is unknown: first, then after twice the time
// each, until …Within. It knows its keys for an hour longer; who asks after that is told "not seen" of anything.
inline constexpr std::chrono::seconds kReconcileFirst{30};
inline constexpr std::chrono::seconds kReconcilePauseMost{3600};
inline constexpr std::chrono::hours kReconcileWithin{24};
inline constexpr std::size_t kReconciledPerRoundMax = 32;
inline constexpr std::chrono::hours kCallsKept{400 *
                                               24};  // then a row is deleted; the trail keeps for ever what was checked
inline constexpr int kCallsForgottenAtOnce = 1000;

namespace call_kind {
inline constexpr char kChallenge[] = "challenge";
inline constexpr char kSight[] = "sight";
inline constexpr char kCheck[] = "check";
inline constexpr char kInquiry[] = "inquiry";
inline constexpr char kApplication[] = "application";
inline constexpr char kAccount[] = "account";
inline constexpr char kOutcome[] = "outcome";  // what became of a check or an inquiry
}  // namespace call_kind

// One call as far as it is known: recorded when it begins, and again, whole, when it has ended.
struct CallRecord {
  std::string call_id;  // UUID text; its end finds its beginning
  std::string kind;     // a word of call_kind
  std::string key;      // idempotency key, of a check the press id; empty: none
  Caller caller;
  Deadline::Clock::time_point began{};
  bool ended = false;
  // Of a call that has ended:
  std::string outcome;  // "answered", "refused", "failed" (nothing happened), "unknown" (it may have happened)
  int code = 0;         // ErrorCode; 0: answered
  int status = 0;       // HTTP status of the last attempt; 0: none came
  int attempts = 0;     // 0: nothing was sent
  std::chrono::microseconds took{0};
  std::string processing_code;  // segment/status/code of the result or the refusal, each a PlainCode
  bool reconcile = false;       // ask later what became of it
};

// A call whose outcome is unknown, and what the national side says of it later.
struct UnknownCall {
  std::string call_id, kind, key;
  Caller caller;
};
enum class Became { kAnswered, kNotSeen };

struct CallSearch {  // empty: all
  std::string kind = {}, outcome = {}, desk_id = {}, key = {};
  std::vector<std::string> institution_codes = {};
  int code = 0;
  std::string since = {}, until = {};  // ISO 8601 with zone
  std::size_t page_size = 100;
  std::int64_t before = 0;  // number of the last row seen; 0: from the newest
};
struct CallRow {
  std::int64_t number = 0;
  std::string kind, key, started_at, outcome, desk_id, desk_name, account_id, institution_code, reconciled_as,
      reconciled_at, processing_code;
  std::int64_t took_us = 0;
  int code = 0, attempts = 0, status = 0;
};
struct CallPage {
  std::vector<CallRow> rows;  // newest first
  bool more = false;
};

class CallBook {
 public:
  virtual ~CallBook() = default;
  // At most kCallRecordsPerWriteMax, each call once. The same records again change nothing. An act about an application
  // or account that was unknown is settled by the answer to its repetition (same key).
  virtual Result<void> Write(const std::vector<CallRecord>& records, Deadline deadline) = 0;
  // Ends the rows that have been open for longer than kCallLongest: those with a key of their own as unknown, the
  // others as failed, since they can be made again. → how many there were.
  virtual Result<std::size_t> EndAbandoned(Deadline deadline) = 0;
  // Those that are due, at most kReconciledPerRoundMax; each gets its next time at once, so that no two servers ask for
  // one. One older than kReconcileWithin is left unknown for good.
  virtual Result<std::vector<UnknownCall>> TakeUnknown(Deadline deadline) = 0;
  // With its row in the trail.
  virtual Result<void> Reconcile(const UnknownCall& call, Became became, Deadline deadline) = 0;
  // Deletes rows older than kCallsKept, at most kCallsForgottenAtOnce. True: nothing more to forget now.
  virtual Result<bool> ForgetOld(Deadline deadline) = 0;
  // Precondition: since and until are times, desk_id a UUID, or empty.
  virtual Result<CallPage> Search(const CallSearch& search, Deadline deadline) = 0;
};

}  // namespace madoguchi::eligibility
