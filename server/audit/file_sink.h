// SPDX-License-Identifier: Apache-2.0
// FileSink: rows as lines of JSON in one file a day (Japan's), trail-2026-11-23.ndjson, mode 0640 whatever the umask,
// in a folder:
//
//   {"leaf":7,"row":{"v":1,…}}        what stands after "row": is the leaf's entry, byte for byte
//   {"next_leaf":8,"checkpoint":"…"}   signed note
//
// Only the newest file is ever written to; older ones may be moved, packed or burned, and nothing is deleted here: a
// second copy of an audit log that its own server deletes would be none. Every batch opens the file anew, cuts off a
// line that a crash left half-written, leaves out the rows that are there already, appends and flushes (fsync). So each
// row stands once, after any crash of this server. A file that somebody cut, or removed behind another, is told in the
// log once with the leaves that are missing (sink_files_gap), and the sink goes on: the trail has them. Two servers
// that share a folder are kept apart by flock(2). Thread: as Sink; a disk that hangs holds up nothing but the sink.
// Errors: TRAIL_SINK_FAILED with file and errno.
#pragma once
#include <string>

#include "server/audit/sink.h"

namespace madoguchi::audit {

inline constexpr std::size_t kSinkTailBytes = 256 * 1024;  // of the newest file: more than any two lines
inline constexpr std::size_t kSinkFilesMax = 100'000;      // in the folder, 270 years

class FileSink final : public Sink {
 public:
  explicit FileSink(std::string folder) : folder_(std::move(folder)) {}
  Result<void> Take(const SinkBatch& batch) override;
  void Interrupt() override {}

 private:
  const std::string folder_;
  bool holds_rows_ = false;  // the newest file does, as this object left it
};

}  // namespace madoguchi::audit
