// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/import_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <filesystem>
#include <system_error>

#include "admin/cli/out_files.h"
#include "admin/cli/text.h"
#include "contract/secret_bytes.h"

namespace madoguchi::cli {
namespace {

namespace fs = std::filesystem;

Error TooLarge(const std::string& detail) {
  return {ErrorCode::kImportTooLarge, detail, {}};
}

Error Unreadable(const std::string& path, const std::string& why) {
  return {ErrorCode::kConfigFileUnreadable, path + ": " + why, {}};
}

bool IsSheet(const fs::path& path) {
  std::string kind = path.extension().string();
  std::transform(kind.begin(), kind.end(), kind.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return (kind == ".pdf" || kind == ".csv") && path.filename().string().front() != '.';
}

Result<void> LookInto(const fs::path& folder, int depth, std::size_t& looked_at, FoundFiles& found) {
  std::error_code failed;
  fs::directory_iterator entries(folder, failed);
  if (failed) return Unreadable(folder.string(), failed.message());
  std::vector<fs::path> here;
  while (entries != fs::directory_iterator()) {
    if (++looked_at > kImportEntriesMax) return TooLarge("entries of folders");
    here.push_back(entries->path());
    entries.increment(failed);
    if (failed) return Unreadable(folder.string(), failed.message());
  }
  std::sort(here.begin(), here.end());
  for (const fs::path& path : here) {
    const fs::file_status status = fs::symlink_status(path, failed);
    if (fs::is_directory(status) && path.filename().string().front() != '.') {
      if (depth >= kImportDepthMax) return TooLarge("depth of folders");
      TRY_VOID(LookInto(path, depth + 1, looked_at, found));
    } else if (fs::is_regular_file(status) && IsSheet(path)) {
      if (found.paths.size() >= kImportFilesMax) return TooLarge("files");
      found.paths.push_back(path.string());
    } else {
      ++found.left_out;
    }
  }
  return {};
}

std::string NameForServer(const std::string& path) {
  std::string name = Printable(fs::path(path).filename().string());
  while (name.size() > kFileNameBytesMax || !IsUtf8(name)) name.pop_back();
  return name;
}

}  // namespace

Result<FoundFiles> FindImportFiles(const std::vector<std::string>& places) {
  if (places.size() > kImportFilesMax) return TooLarge("places");
  FoundFiles found;
  std::size_t looked_at = 0;
  for (const std::string& place : places) {
    std::error_code failed;
    const fs::file_status status = fs::status(place, failed);
    if (failed || !fs::exists(status)) return Unreadable(place, failed ? failed.message() : "no such file");
    if (fs::is_directory(status)) {
      TRY_VOID(LookInto(place, 1, looked_at, found));
    } else if (!fs::is_regular_file(status)) {
      return Unreadable(place, "not a regular file");
    } else if (found.paths.size() >= kImportFilesMax) {
      return TooLarge("files");
    } else {
      found.paths.push_back(place);
    }
  }
  std::uint64_t total = 0;
  for (const std::string& path : found.paths) {
    std::error_code failed;
    const std::uint64_t size = fs::file_size(path, failed);
    if (failed) return Unreadable(path, failed.message());
    if (size > kImportFileBytesMax) return TooLarge("one file");
    total += size;
  }
  if (total > kImportBytesMax) return TooLarge("all files together");
  if (found.paths.empty()) return Unreadable(places.empty() ? "" : places.front(), "no *.pdf and no *.csv");
  return found;
}

FileContent::~FileContent() {
  if (!bytes.empty()) Wipe({reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size()});
}

Result<FileContent> ReadContent(const std::string& path, std::uint64_t bytes_max) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);  // never waits for a pipe's other end
  if (file < 0) return Unreadable(path, std::generic_category().message(errno));
  FileContent content;
  content.name = NameForServer(path);
  struct stat status {};
  bool good = fstat(file, &status) == 0 && S_ISREG(status.st_mode);
  const bool fits = good && static_cast<std::uint64_t>(status.st_size) <= bytes_max;
  if (fits) {
    content.bytes.resize(static_cast<std::size_t>(status.st_size));
    std::size_t filled = 0;
    while (good && filled < content.bytes.size()) {
      const ssize_t got = read(file, content.bytes.data() + filled, content.bytes.size() - filled);
      if (got < 0 && errno == EINTR) continue;
      good = got > 0;  // shorter than it was: somebody is writing it
      if (good) filled += static_cast<std::size_t>(got);
    }
  }
  close(file);
  if (!good) return Unreadable(path, "not a regular file, or it changed while it was read");
  if (!fits) return TooLarge("one file");
  return content;
}

}  // namespace madoguchi::cli
