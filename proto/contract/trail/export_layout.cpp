// SPDX-License-Identifier: Apache-2.0
#include "contract/trail/export_layout.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <system_error>
#include <tuple>
#include <utility>

#include "contract/descriptor.h"
#include "contract/trail/checkpoint.h"
#include "contract/trail/entries.h"

namespace madoguchi::trail {
namespace {

constexpr std::size_t kTileBytes = kTileWidth * kHashBytes;
constexpr std::string_view kEntriesFolder = "tile/entries/", kPartial = ".p/";

Error Failed(const std::string& path, const std::string& why) {
  return {ErrorCode::kTrailExportInvalid, path + ": " + why, {}};
}

Error Failed(const std::string& path, int reason) {
  return Failed(path, std::generic_category().message(reason));
}

std::string Numbered(std::uint64_t index) {
  std::string digits = std::to_string(index);
  digits.insert(0, (3 - digits.size() % 3) % 3, '0');
  std::string path;
  for (std::size_t at = 0; at < digits.size(); at += 3) {
    const bool last = at + 3 == digits.size();
    path += (last ? "" : "x") + digits.substr(at, 3) + (last ? "" : "/");
  }
  return path;
}

std::string WithWidth(const std::string& path, std::uint64_t width) {
  return width == kTileWidth ? path : path + std::string(kPartial) + std::to_string(width);
}

std::optional<std::uint64_t> Number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), number);
  return failed == std::errc() && end == text.data() + text.size() ? std::optional(number) : std::nullopt;
}

// The rows of the bundle with this path below the export's folder: first and behind the last. Nothing: it is no
// bundle's.
std::optional<std::pair<std::uint64_t, std::uint64_t>> RowsOf(const std::string& path) {
  const std::size_t partial = path.find(kPartial);
  std::string digits = path.substr(0, partial).substr(kEntriesFolder.size());
  std::erase_if(digits, [](char c) { return c == 'x' || c == '/'; });
  const std::optional<std::uint64_t> index = Number(digits);
  const std::optional<std::uint64_t> width =
      partial == std::string::npos ? kTileWidth : Number(path.substr(partial + kPartial.size()));
  if (!index || !width || *index > kTreeSizeMax / kTileWidth || *width > kTileWidth) return {};
  if (path != EntriesPath(*index, *width)) return {};
  return std::pair(*index * kTileWidth, *index * kTileWidth + *width);
}

Result<void> WriteBeside(const std::string& path, ByteView content) {
  const std::string beside = path + ".new";
  const Descriptor file(open(beside.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
  if (file.get() < 0) return Failed(beside, errno);
  int reason = 0;
  while (!content.empty() && reason == 0) {
    const ssize_t put = write(file.get(), content.data(), content.size());
    if (put >= 0) {
      content = content.subspan(static_cast<std::size_t>(put));
    } else if (errno != EINTR) {
      reason = errno;
    }
  }
  if (reason == 0 && (fsync(file.get()) != 0 || rename(beside.c_str(), path.c_str()) != 0)) reason = errno;
  if (reason == 0) return {};
  unlink(beside.c_str());
  return Failed(path, reason);
}

}  // namespace

std::string TilePath(int level, std::uint64_t index, std::uint64_t width) {
  return WithWidth("tile/" + std::to_string(level) + "/" + Numbered(index), width);
}

std::string EntriesPath(std::uint64_t index, std::uint64_t width) {
  return WithWidth(std::string(kEntriesFolder) + Numbered(index), width);
}

std::string CheckpointPath(std::uint64_t size) {
  return "checkpoints/" + std::to_string(size);
}

std::optional<std::string> TombstonePath(std::string_view partition) {
  const bool good = !partition.empty() && partition.size() <= kPartitionNameBytesMax &&
                    std::all_of(partition.begin(), partition.end(),
                                [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; });
  return good ? std::optional("tombstones/" + std::string(partition)) : std::nullopt;
}

Result<ExportWriter> ExportWriter::Open(const std::string& folder) {
  std::error_code failed;
  std::filesystem::create_directories(folder, failed);
  if (failed) return Failed(folder, failed.value());
  return ExportWriter(folder);
}

bool ExportWriter::Has(const std::string& path, std::size_t bytes_min) const {
  struct stat status {};
  return stat((folder_ + "/" + path).c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
         static_cast<std::size_t>(status.st_size) >= bytes_min;
}

Result<void> ExportWriter::Write(const std::string& path, ByteView content) {
  const std::string whole = folder_ + "/" + path;
  std::string folder = whole.substr(0, whole.rfind('/'));
  if (folder != last_made_) {
    std::error_code failed;
    std::filesystem::create_directories(folder, failed);
    if (failed) return Failed(folder, failed.value());
    last_made_ = std::move(folder);
  }
  return WriteBeside(whole, content);
}

Result<void> ExportWriter::Finish(std::string_view newest_checkpoint) {
  const Descriptor folder(open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (folder.get() < 0 || syncfs(folder.get()) != 0) return Failed(folder_, errno);  // the names, of all folders
  TRY_VOID(Write(kNewestCheckpointPath, AsBytes(newest_checkpoint)));
  if (fsync(folder.get()) != 0) return Failed(folder_, errno);
  return {};
}

Result<ExportReader> ExportReader::Open(const std::string& folder) {
  struct stat status {};
  if (stat(folder.c_str(), &status) != 0) return Failed(folder, errno);
  if (!S_ISDIR(status.st_mode)) return Failed(folder, ENOTDIR);
  return ExportReader(folder);
}

Result<bool> ExportReader::Whole(const std::string& path, std::size_t bytes_max, Bytes& into) const {
  const std::string whole = folder_ + "/" + path;
  into.clear();
  const Descriptor file(open(whole.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
  if (file.get() < 0 && (errno == ENOENT || errno == ENOTDIR || errno == ELOOP || errno == ENXIO)) return false;
  struct stat status {};
  if (file.get() < 0 || fstat(file.get(), &status) != 0) return Failed(whole, errno);
  if (!S_ISREG(status.st_mode)) return false;
  // Of what is larger than any of its kind, enough is read to show it.
  into.resize(
      static_cast<std::size_t>(std::min<std::uint64_t>(static_cast<std::uint64_t>(status.st_size), bytes_max + 1)));
  std::size_t have = 0;
  while (have < into.size()) {
    const ssize_t got = read(file.get(), into.data() + have, into.size() - have);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failed(whole, errno);
    if (got == 0) break;
    have += static_cast<std::size_t>(got);
  }
  into.resize(have);
  return true;
}

Result<std::optional<std::string>> ExportReader::Text(const std::string& path, std::size_t bytes_max) const {
  Bytes bytes;
  TRY_ASSIGN(const bool there, Whole(path, bytes_max, bytes));
  if (!there) return std::optional<std::string>();
  return std::optional(std::string(AsText(bytes)));
}

Result<bool> ExportReader::Tile(int level, std::uint64_t index, std::uint64_t width, Bytes& into) const {
  TRY_ASSIGN(const std::uint64_t there, AtLeast(TilePath(level, index, kTileWidth), width, kTileBytes, into));
  if (there > width && into.size() == there * kHashBytes) into.resize(width * kHashBytes);
  return there > 0;
}

Result<std::uint64_t> ExportReader::Entries(std::uint64_t index, std::uint64_t width, Bytes& into) const {
  return AtLeast(EntriesPath(index, kTileWidth), width, kBundleBytesMax, into);
}

// A partial file may have been replaced by the full one, or by that of a later size.
Result<std::uint64_t> ExportReader::AtLeast(const std::string& full, std::uint64_t width, std::size_t bytes_max,
                                            Bytes& into) const {
  TRY_ASSIGN(bool there, Whole(WithWidth(full, width), bytes_max, into));
  if (there) return width;
  if (width == kTileWidth) return std::uint64_t{0};
  TRY_ASSIGN(there, Whole(full, bytes_max, into));
  if (there) return kTileWidth;
  TRY_ASSIGN(const std::vector<std::string> widths, Names(full + ".p", 2 * kTileWidth));
  std::uint64_t wider = kTileWidth;
  for (const std::string& name : widths) {
    if (const std::uint64_t other = Number(name).value_or(0); other > width) wider = std::min(wider, other);
  }
  if (wider == kTileWidth) return std::uint64_t{0};
  TRY_ASSIGN(there, Whole(WithWidth(full, wider), bytes_max, into));
  return there ? wider : std::uint64_t{0};
}

Result<std::optional<UnsignedRows>> ExportReader::RowsBehind(std::uint64_t size) const {
  const std::string folder = folder_ + "/" + std::string(kEntriesFolder);
  const std::uint64_t files_max = 2 * (size / kTileWidth) + kStrayFilesMax;
  std::optional<UnsignedRows> behind;
  std::error_code failed;
  std::filesystem::recursive_directory_iterator entries(folder, failed);
  if (failed == std::errc::no_such_file_or_directory || failed == std::errc::not_a_directory) return behind;
  for (std::uint64_t files = 0; !failed && entries != std::filesystem::recursive_directory_iterator();
       entries.increment(failed), ++files) {
    if (files == files_max) return Failed(folder, "more than " + std::to_string(files_max) + " files");
    if (entries.depth() == kFolderDepthMax) entries.disable_recursion_pending();
    std::string path = entries->path().string().substr(folder_.size() + 1);
    const auto rows = RowsOf(path);
    if (!rows || rows->second <= size || entries->is_directory(failed)) continue;
    const std::uint64_t first = std::max(size, rows->first), last = rows->second - 1;
    if (!behind) behind = UnsignedRows{first, last, path};
    behind->last = std::max(behind->last, last);
    if (std::tie(first, path) < std::tie(behind->first, behind->file)) {
      behind->first = first;
      behind->file = std::move(path);
    }
  }
  if (failed) return Failed(folder, failed.value());
  return behind;
}

Result<std::vector<std::string>> ExportReader::Names(const std::string& subfolder, std::size_t count_max) const {
  const std::string whole = folder_ + "/" + subfolder;
  std::vector<std::string> names;
  std::error_code failed;
  std::filesystem::directory_iterator entries(whole, failed);
  if (failed == std::errc::no_such_file_or_directory || failed == std::errc::not_a_directory) return names;
  for (; !failed && entries != std::filesystem::directory_iterator(); entries.increment(failed)) {
    if (names.size() == count_max) return Failed(whole, "more than " + std::to_string(count_max) + " files");
    names.push_back(entries->path().filename().string());
  }
  if (failed) return Failed(whole, failed.value());
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace madoguchi::trail
