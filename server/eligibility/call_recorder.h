// SPDX-License-Identifier: Apache-2.0
// CallRecorder: carries records of service calls to the book on a thread of its own, many per commit; a call never
// waits for it. Its queue is bounded: what does not fit is left out, counted, and logged when the trouble is over.
// Records are facts beside the trail, not the trail: a check does not depend on them. Thread: Add from any; made and
// ended by one. Ownership: `book` outlives it.
#pragma once
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "server/eligibility/call_book.h"

namespace madoguchi::eligibility {

inline constexpr std::size_t kCallRecordsWaitingMax = 4096;
inline constexpr std::chrono::milliseconds kCallWriteWithin{5000};
inline constexpr std::chrono::milliseconds kCallWritePause{500};  // after a write that failed
inline constexpr std::chrono::milliseconds kCallLastWriteWithin{
    2000};  // of one write when it ends; the first that fails is the last

class CallRecorder {
 public:
  // lost: told how many records were left out; may be empty; called under the lock.
  explicit CallRecorder(CallBook& book, std::function<void(std::size_t)> lost = {},
                        std::size_t waiting_max = kCallRecordsWaitingMax);
  ~CallRecorder();  // writes what still waits, if the book takes it in time
  CallRecorder(const CallRecorder&) = delete;
  CallRecorder& operator=(const CallRecorder&) = delete;
  void Add(CallRecord record);

 private:
  void Run();
  std::vector<CallRecord> TakeBatch();            // mutex_ is held
  void Lose(std::size_t count, const char* why);  // mutex_ is held
  CallBook& book_;
  const std::function<void(std::size_t)> lost_;
  const std::size_t waiting_max_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<CallRecord> waiting_;  // guarded by mutex_
  bool in_trouble_ = false;         // said once, not at every attempt; guarded by mutex_
  std::size_t left_out_ = 0;        // in this trouble; guarded by mutex_
  bool ending_ = false;             // guarded by mutex_
  std::thread thread_;              // last: it uses what stands above
};

}  // namespace madoguchi::eligibility
