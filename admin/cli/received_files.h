// SPDX-License-Identifier: Apache-2.0
// Files that arrive in chunks: a chunk with another name begins one. They are held until all is there, then written, so that
// a broken transfer leaves no half of a sheet. Wiped when it ends. Thread: one. Limits: kReceivedFilesMax,
// kReceivedBytesMax.
#pragma once
#include <string>
#include <utility>
#include <vector>

#include "admin/cli/out_files.h"

namespace madoguchi::cli {

inline constexpr std::size_t kReceivedFilesMax = 200;
inline constexpr std::size_t kReceivedBytesMax = 64 * 1024 * 1024;

class ReceivedFiles {
 public:
  ReceivedFiles() = default;
  ~ReceivedFiles();
  ReceivedFiles(const ReceivedFiles&) = delete;
  ReceivedFiles& operator=(const ReceivedFiles&) = delete;
  // name: empty, or the same again, when the chunk goes on with the last file. SERVER_MESSAGE_INVALID: no name yet, not a file name, too
  // much.
  Done Add(const std::string& name, const std::string& content);
  Done WriteInto(OutFolder& folder) const;

 private:
  std::vector<std::pair<std::string, std::string>> files_;
  std::size_t bytes_ = 0;
};

}  // namespace madoguchi::cli
