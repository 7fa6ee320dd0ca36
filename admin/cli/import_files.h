// SPDX-License-Identifier: Apache-2.0
// The files of one import: files as named, and of folders every *.pdf and *.csv in them and below. Symbolic links in a
// folder are not followed, hidden files and other kinds are left out and counted. Everything is counted and measured
// before anything is read. Errors: IMPORT_TOO_LARGE, CONFIG_FILE_UNREADABLE with the path. Thread: any.
#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "contract/result.h"

namespace madoguchi::cli {

// As server/account/limits.h; the server holds to them again.
inline constexpr std::size_t kImportFilesMax = 200;
inline constexpr std::uint64_t kImportFileBytesMax = 1024 * 1024;
inline constexpr std::uint64_t kImportBytesMax =
    64 * 1024 * 1024;                                   // all together: they are held between preview and import
inline constexpr std::size_t kImportEntriesMax = 2000;  // entries of folders looked at
inline constexpr int kImportDepthMax = 4;               // folders in folders

struct FoundFiles {
  std::vector<std::string> paths;  // as given, then those of folders by name
  std::size_t left_out = 0;        // of folders: links, hidden files, other kinds
};

Result<FoundFiles> FindImportFiles(const std::vector<std::string>& places);

// The bytes of a file for the server; wiped when it ends: a settings sheet holds a password.
struct FileContent {
  FileContent() = default;
  FileContent(FileContent&&) = default;
  FileContent& operator=(FileContent&&) = default;
  ~FileContent();
  std::string name;  // without folders, UTF-8, at most kFileNameBytesMax
  std::string bytes;
};

// A regular file of at most `bytes_max`.
Result<FileContent> ReadContent(const std::string& path, std::uint64_t bytes_max);

}  // namespace madoguchi::cli
