// SPDX-License-Identifier: Apache-2.0
#include "server/audit/file_sink.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <utility>

#include "contract/descriptor.h"
#include "contract/log.h"

namespace madoguchi::audit {
namespace {

constexpr std::string_view kNameBegin = "trail-", kNameEnd = ".ndjson";
constexpr std::string_view kRowBegin = "{\"leaf\":";
constexpr std::size_t kNameBytes = kNameBegin.size() + 10 + kNameEnd.size();
constexpr std::chrono::hours kJapan{9};

constexpr mode_t kMode = 0640;

Error Failed(const std::string& path, int reason) {
  return {ErrorCode::kTrailSinkFailed, path + ": " + std::generic_category().message(reason), {}};
}

int OpenFile(const std::string& path, int flags) {
  return open(path.c_str(), flags | O_CLOEXEC, kMode);
}

std::string NameOfToday() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now() + kJapan);
  std::tm day{};
  gmtime_r(&now, &day);
  char text[11] = {};
  std::strftime(text, sizeof text, "%Y-%m-%d", &day);
  return std::string(kNameBegin) + text + std::string(kNameEnd);
}

// Empty: none yet.
Result<std::string> NameOfNewest(const std::string& folder) {
  std::error_code failed;
  std::string newest;
  std::filesystem::directory_iterator entry(folder, failed);
  for (std::size_t i = 0; !failed && entry != std::filesystem::directory_iterator(); entry.increment(failed), ++i) {
    if (i == kSinkFilesMax) return Error{ErrorCode::kTrailSinkFailed, folder + ": too many files", {}};
    std::string name = entry->path().filename().string();
    if (name.size() == kNameBytes && name.starts_with(kNameBegin) && name.ends_with(kNameEnd) && name > newest)
      newest = std::move(name);
  }
  if (failed) return Failed(folder, failed.value());
  return newest;
}

Result<void> Append(int file, const std::string& path, std::string_view text) {
  while (!text.empty()) {
    const ssize_t written = write(file, text.data(), text.size());
    if (written < 0 && errno != EINTR) return Failed(path, errno);
    if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
  }
  if (fdatasync(file) != 0) return Failed(path, errno);
  return {};
}

// Cuts off what stands after the last line break; → the last row's line, empty when the file ends with none.
Result<std::string> Repair(int file, const std::string& path) {
  struct stat status {};
  if (fstat(file, &status) != 0) return Failed(path, errno);
  const auto size = static_cast<std::size_t>(status.st_size);
  std::string tail(std::min(size, kSinkTailBytes), '\0');
  const auto begin = static_cast<off_t>(size - tail.size());
  const ssize_t got = pread(file, tail.data(), tail.size(), begin);
  if (got != static_cast<ssize_t>(tail.size())) return Failed(path, got < 0 ? errno : EIO);
  const std::size_t end = tail.rfind('\n');
  if (end == std::string::npos && size > tail.size())
    return Error{ErrorCode::kTrailSinkFailed, path + ": no file of the sink", {}};
  const std::size_t whole = end == std::string::npos ? 0 : end + 1;
  if (whole != tail.size() && ftruncate(file, begin + static_cast<off_t>(whole)) != 0) return Failed(path, errno);
  tail.resize(whole);
  const std::size_t row = tail.rfind("\n" + std::string(kRowBegin));
  const std::size_t first = row != std::string::npos ? row + 1 : tail.starts_with(kRowBegin) ? 0 : tail.size();
  return tail.substr(first, tail.find('\n', first) - first);
}

std::string LineOf(const SinkRow& row) {
  return std::string(kRowBegin) + std::to_string(row.leaf) + ",\"row\":" + row.line + "}";
}

// Rows that stood in the files stand there no more, or were never asked for (a month that was retired before).
void TellOfGap(const std::string& path, std::uint64_t found_before, std::uint64_t next) {
  if (found_before >= next) return;
  log::Report("audit", "sink_files_gap",
              {ErrorCode::kTrailSinkFailed, path + ": cut, or a newer file removed, or a month was retired", {}},
              {{"first_leaf", found_before}, {"last_leaf", next - 1}});
}

using Rows = std::vector<SinkRow>;

// After the row that is there already; the first when none is.
Rows::const_iterator RowsLeft(const Rows& rows, const std::string& last_line) {
  return std::find_if(rows.rbegin(), rows.rend(), [&](const SinkRow& row) { return LineOf(row) == last_line; }).base();
}

// The leaf after that of a row's line; 0: it is none.
std::uint64_t LeafAfter(const std::string& line) {
  std::uint64_t leaf = 0;
  const char* const number = line.c_str() + std::min(line.size(), kRowBegin.size());
  return std::from_chars(number, line.c_str() + line.size(), leaf).ec == std::errc() ? leaf + 1 : 0;
}

std::string LinesFrom(Rows::const_iterator row, const SinkBatch& batch) {
  std::string lines;
  for (; row != batch.rows.end(); ++row) lines += LineOf(*row) + "\n";
  if (!batch.checkpoint.empty()) lines += CheckpointLine(batch) + "\n";
  return lines;
}

}  // namespace

Result<void> FileSink::Take(const SinkBatch& batch) {
  TRY_ASSIGN(const std::string newest, NameOfNewest(folder_));
  const std::string today = NameOfToday();
  const bool held_rows = std::exchange(holds_rows_, false);
  if (!newest.empty()) {
    const std::string path = folder_ + "/" + newest;
    const Descriptor file(OpenFile(path, O_RDWR | O_APPEND));
    if (!file.ok() || flock(file.get(), LOCK_EX | LOCK_NB) != 0) return Failed(path, errno);
    TRY_ASSIGN(const std::string last_line, Repair(file.get(), path));
    const auto left = RowsLeft(batch.rows, last_line);
    if (left != batch.rows.end() && (held_rows || !last_line.empty()))
      TellOfGap(path, LeafAfter(last_line), left->leaf);
    // What was begun is ended in its file; and a clock that was set back makes no file between.
    if (newest >= today || left != batch.rows.begin()) {
      TRY_VOID(Append(file.get(), path, LinesFrom(left, batch)));
      holds_rows_ = !last_line.empty() || !batch.rows.empty();
      return {};
    }
  } else if (held_rows && !batch.rows.empty()) {
    TellOfGap(folder_, 0, batch.rows.front().leaf);
  }
  const std::string path = folder_ + "/" + today;
  const Descriptor file(OpenFile(path, O_WRONLY | O_CREAT | O_APPEND));
  const Descriptor folder(OpenFile(folder_, O_RDONLY | O_DIRECTORY));
  if (!file.ok() || !folder.ok() || flock(file.get(), LOCK_EX | LOCK_NB) != 0 || fchmod(file.get(), kMode) != 0)
    return Failed(path, errno);
  TRY_VOID(Append(file.get(), path, LinesFrom(batch.rows.begin(), batch)));
  if (fsync(folder.get()) != 0) return Failed(folder_, errno);
  holds_rows_ = !batch.rows.empty();
  return {};
}

}  // namespace madoguchi::audit
