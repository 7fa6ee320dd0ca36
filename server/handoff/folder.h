// SPDX-License-Identifier: Apache-2.0
// Folder: files that appear in a share whole or not at all: written under a name no reader looks for, flushed, renamed.
// Never over another file: the same name with the same bytes counts as delivered already, with other bytes it is
// HANDOFF_NAME_TAKEN. A receipt computer may take, move or delete a file at any moment after the rename. Names:
// reference/eligibility-result.md §3.1–3.3. Thread: any; several servers may share one folder. Blocks as long as the
// share does. Errors: HANDOFF_FOLDER_MISSING · HANDOFF_FOLDER_FULL · HANDOFF_FOLDER_READ_ONLY · HANDOFF_NAME_TAKEN ·
// HANDOFF_FILE_FAILED.
#pragma once
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "contract/result.h"

namespace madoguchi::handoff {

inline constexpr std::size_t kFolderFileBytesMax = 4 * 1024 * 1024;
inline constexpr std::size_t kFolderEntriesMax = 100'000;
inline constexpr std::size_t kUnfinishedAtOnceMax = 200;
inline constexpr unsigned kFolderFileMode = 0660;           // for the share's group, not for everybody
inline constexpr char kUnfinishedPrefix[] = ".madoguchi-";  // of a file that is being written

class Folder {
 public:
  explicit Folder(std::string path) : path_(std::move(path)) {}
  const std::string& path() const { return path_; }

  // token: tells this file's unfinished name apart from others'; the same one after a restart (a row id).
  Result<void> Put(const std::string& name, std::string_view content, const std::string& token) const;
  // A regular file as it is now; nothing is waited for. A larger one: its first at_most + 1 bytes. HANDOFF_FILE_FAILED:
  // no such file, not ours to read, or another kind of file.
  Result<std::string> Read(const std::string& name, std::size_t at_most = kFolderFileBytesMax) const;
  bool Has(const std::string& name) const;
  // Names of what is in it and wanted, at most at_most, in their order; of at most kFolderEntriesMax entries.
  Result<std::vector<std::string>> List(std::size_t at_most,
                                        const std::function<bool(const std::string&)>& wanted) const;
  // Over nothing. False: `from` is gone, or `to` is there.
  bool Rename(const std::string& from, const std::string& to) const;
  void Remove(const std::string& name) const;
  // Removes the file if it is still the one with this SHA-256 (hex). False: nothing of this name is there. True:
  // removed, or something else is in its place and stays.
  Result<bool> RemoveOwn(const std::string& name, const std::string& sha256) const;
  // Removes what Put left unfinished under a row's id at least `age` ago, by the share's own clock, and nobody wrote
  // again.
  void RemoveUnfinished(std::chrono::hours age) const;
  // Creates, renames and removes a file of its own: what a start-up check wants to know.
  Result<void> Try(const std::string& token) const;

 private:
  std::string Full(const std::string& name) const { return path_ + "/" + name; }
  Result<void> Write(const std::string& full, std::string_view content) const;
  Result<void> Publish(const std::string& unfinished, const std::string& name, std::string_view content) const;
  const std::string path_;
};

}  // namespace madoguchi::handoff
