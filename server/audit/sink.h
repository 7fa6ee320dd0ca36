// SPDX-License-Identifier: Apache-2.0
// The second sink of the trail: the rows of the tree, in the order of their leaves, also go to a file or to a syslog
// receiver. What a sink has not taken waits in the trail itself; here is only how far it is. At least once: after a
// failure a batch may come again, its leaf numbers tell.
// Thread: a SinkBook's Hold to Failed on one thread (sink_follower.h), Lag and Tell from any. Errors: DATABASE_… of the
// book, TRAIL_SINK_FAILED of a sink.
#pragma once
#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

#include "contract/deadline.h"
#include "contract/result.h"

namespace madoguchi::audit {

inline constexpr std::size_t kSinkRowsMax = 1000;  // per batch

struct SinkRow {
  std::uint64_t leaf = 0;
  std::int64_t sequence = 0;
  std::string action;
  int code = 0;             // of the ErrorCode, 0: it went well
  std::string recorded_at;  // "2026-11-23T20:15:01.123456+09:00"
  std::string line;         // the leaf's entry (row_line.h)
};

// Leaves [first, next); one that is missing in `rows` was retired.
struct SinkBatch {
  std::uint64_t first = 0, next = 0;
  std::vector<SinkRow> rows;
  std::string checkpoint;  // the newest signed note of a tree not larger than `next`; empty: the sink has it already
  std::string signed_at;   // of it, as recorded_at
  bool empty() const { return first == next && checkpoint.empty(); }
};

// A checkpoint as a line of JSON: {"next_leaf":<leaves before it>,"checkpoint":"<signed note>"}.
std::string CheckpointLine(const SinkBatch& batch);

struct SinkLag {
  std::uint64_t rows = 0;          // in the tree, not yet in the sink
  std::chrono::seconds oldest{0};  // age of the first of them
  bool told = false;               // the trail says that the sink is behind
};

// How far the sink is. store/ implements it.
class SinkBook {
 public:
  virtual ~SinkBook() = default;
  // True: this server feeds the sink, until Release or until its connection to the database is gone. False: another
  // one.
  virtual Result<bool> Hold() = 0;
  virtual void Release() = 0;
  // Both only while held; they fail when the hold was lost.
  virtual Result<SinkBatch> Next() = 0;
  virtual Result<void> Taken(const SinkBatch& batch) = 0;
  // For the others to see: why the last attempt failed.
  virtual Result<void> Failed(ErrorCode code) = 0;
  virtual Result<SinkLag> Lag(Deadline deadline) = 0;
  // Writes into the trail that the sink is behind, or has caught up: once, however many servers tell it. True: it was
  // this call that did.
  virtual Result<bool> Tell(bool behind, const SinkLag& lag, Deadline deadline) = 0;
};

// Where the rows go.
class Sink {
 public:
  virtual ~Sink() = default;
  // Returns when the whole batch is where it should be.
  virtual Result<void> Take(const SinkBatch& batch) = 0;
  // From any thread: a Take that waits for somebody gives up.
  virtual void Interrupt() = 0;
};

}  // namespace madoguchi::audit
