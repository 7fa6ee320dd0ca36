// SPDX-License-Identifier: Apache-2.0
// An exported trail: a folder in the layout of C2SP tlog-tiles, which anybody can copy, serve and check.
//
//   checkpoint            the newest signed note; written last: with it the export is whole
//   checkpoints/<size>    signed notes that were kept
//   tile/<L>/<N>[.p/<W>]  hashes · tile/entries/<N>[.p/<W>]  rows (entries.h)
//   tombstones/<name>     signed notes of retired partitions · key  the verifier key, for convenience only
//
// N in groups of three digits, all but the last with an x before: 1234067 is x001/x234/067. Each file is written beside
// and renamed: never half there. Thread: one. Errors: TRAIL_EXPORT_INVALID (file and reason).
#pragma once
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/bytes.h"
#include "contract/result.h"
#include "contract/trail/merkle.h"

namespace madoguchi::trail {

inline constexpr std::size_t kCheckpointsMax = 10'000;  // kept in one export
inline constexpr std::size_t kTombstonesMax = 2'000;
inline constexpr std::size_t kPartitionNameBytesMax = 63;
inline constexpr int kFolderDepthMax = 6;               // below tile/entries: 2^48 rows need five
inline constexpr std::size_t kStrayFilesMax = 100'000;  // beside two for each bundle: of earlier sizes

// Below the export's folder. `width` is kTileWidth for a full one.
std::string TilePath(int level, std::uint64_t index, std::uint64_t width);
std::string EntriesPath(std::uint64_t index, std::uint64_t width);
std::string CheckpointPath(std::uint64_t size);
// Nothing when the name is not made of a-z, 0-9 and _.
std::optional<std::string> TombstonePath(std::string_view partition);

inline constexpr char kNewestCheckpointPath[] = "checkpoint";
inline constexpr char kKeyPath[] = "key";

class ExportWriter {
 public:
  // Makes the folder when it is not there.
  static Result<ExportWriter> Open(const std::string& folder);

  // Full tiles and full bundles that are there need not be written again; a bundle does when its rows were retired.
  bool Has(const std::string& path, std::size_t bytes_min = 1) const;
  Result<void> Write(const std::string& path, ByteView content);
  // After everything else: what was written is on the disk before the checkpoint that speaks of it.
  Result<void> Finish(std::string_view newest_checkpoint);

 private:
  explicit ExportWriter(std::string folder) : folder_(std::move(folder)) {}
  std::string folder_;
  std::string last_made_;  // folder of the file written last
};

// Rows that lie in an export behind the last one that its checkpoint is over.
struct UnsignedRows {
  std::uint64_t first = 0, last = 0;
  std::string file;  // the first of them, below the export's folder
};

// What is no file counts as not there: whoever put a folder or a pipe in a file's place took the file away.
class ExportReader {
 public:
  static Result<ExportReader> Open(const std::string& folder);

  // Nothing: it is not there.
  Result<std::optional<std::string>> Text(const std::string& path, std::size_t bytes_max) const;
  // `into` is emptied and filled. False: neither the file nor, in its place, a wider one is there.
  Result<bool> Tile(int level, std::uint64_t index, std::uint64_t width, Bytes& into) const;
  // → of how many rows the file is: `width`, or more where a wider one stands in its place; 0: there is none.
  Result<std::uint64_t> Entries(std::uint64_t index, std::uint64_t width, Bytes& into) const;
  // Nothing: there are none.
  Result<std::optional<UnsignedRows>> RowsBehind(std::uint64_t size) const;
  // Names of the files in `checkpoints` and `tombstones`, sorted.
  Result<std::vector<std::string>> Names(const std::string& subfolder, std::size_t count_max) const;

 private:
  explicit ExportReader(std::string folder) : folder_(std::move(folder)) {}
  Result<bool> Whole(const std::string& path, std::size_t bytes_max, Bytes& into) const;
  Result<std::uint64_t> AtLeast(const std::string& full, std::uint64_t width, std::size_t bytes_max, Bytes& into) const;
  std::string folder_;
};

}  // namespace madoguchi::trail
