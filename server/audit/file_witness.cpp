// SPDX-License-Identifier: Apache-2.0
#include "server/audit/file_witness.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>
#include <utility>

#include "contract/descriptor.h"
#include "contract/files.h"

namespace madoguchi::audit {
namespace {

constexpr std::string_view kSignature = "\xE2\x80\x94 ";  // a note's last lines begin so

Error Failed(const std::string& file) {
  return {ErrorCode::kTrailWitnessFailed, file + ": " + std::generic_category().message(errno), {}};
}

// A pipe or a device in the file's place does not make anybody wait.
int OpenFile(const std::string& path, int flags) {
  return open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK, 0644);
}

// The file's end, from where a line begins; nothing: there is no such file.
Result<std::optional<std::string>> Tail(const std::string& path) {
  const Descriptor file(OpenFile(path, O_RDONLY));
  if (file.get() < 0 && errno == ENOENT) return std::optional<std::string>();
  struct stat facts {};
  if (file.get() < 0 || fstat(file.get(), &facts) != 0) return Failed(path);
  if (!S_ISREG(facts.st_mode)) return Error{ErrorCode::kTrailWitnessFailed, path + ": not a file", {}};
  const off_t begin = std::max<off_t>(0, facts.st_size - static_cast<off_t>(kWitnessTailBytes));
  std::string text(static_cast<std::size_t>(facts.st_size - begin), '\0');
  const ssize_t read = pread(file.get(), text.data(), text.size(), begin);
  if (read < 0) return Failed(path);
  text.resize(static_cast<std::size_t>(read));
  if (begin > 0) text.erase(0, text.find('\n') + 1);
  return std::optional<std::string>(std::move(text));
}

// A note goes from the line with its origin to its last line of a signature. What was cut off has none of these, and
// counts for nothing.
std::optional<std::string> LastNote(std::string& text, const std::string& origin) {
  for (;;) {
    const std::size_t last_line = text.rfind("\n" + std::string(kSignature));
    if (last_line == std::string::npos) return {};
    const std::size_t end = text.find('\n', last_line + 1);
    const std::size_t before = text.rfind("\n" + origin + "\n", last_line);
    const std::size_t begin = before == std::string::npos ? 0 : before + 1;
    std::string note = end == std::string::npos ? std::string() : text.substr(begin, end + 1 - begin);
    text.resize(end == std::string::npos ? last_line + 1 : begin);
    if (!note.empty()) return note;
  }
}

}  // namespace

FileWitness::FileWitness(std::string file, std::size_t bytes_max) : file_(std::move(file)), bytes_max_(bytes_max) {}

Result<StoredCheckpoint> FileWitness::Give(const StoredCheckpoint& checkpoint, std::uint64_t, Deadline) {
  struct stat facts {};
  if (stat(file_.c_str(), &facts) == 0 &&
      static_cast<std::size_t>(facts.st_size) + checkpoint.note.size() > bytes_max_ &&
      std::rename(file_.c_str(), (file_ + ".1").c_str()) != 0) {
    return Failed(file_);
  }
  const Descriptor file(OpenFile(file_, O_WRONLY | O_CREAT | O_APPEND));
  if (file.get() < 0) return Failed(file_);
  // A line break first where a writing was cut off.
  TRY_ASSIGN(const std::optional<std::string> tail, Tail(file_));
  const bool torn = tail && !tail->empty() && tail->back() != '\n';
  const std::string text = (torn ? "\n" : "") + checkpoint.note;
  errno = ENOSPC;  // what a short write means
  if (write(file.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size()) || fsync(file.get()) != 0)
    return Failed(file_);
  // Alone, for `audit verify --checkpoint`.
  if (const Result<void> alone = WriteFileWhole(file_ + ".newest", checkpoint.note, false); !alone.ok())
    return Error{ErrorCode::kTrailWitnessFailed, alone.error().detail, {}};
  holds_ = checkpoint.size;
  return checkpoint;
}

Result<std::optional<trail::Checkpoint>> FileWitness::Newest(const std::string& file, const trail::VerifierKey& key) {
  bool others = false;
  for (const std::string& path : {file, file + ".1"}) {
    TRY_ASSIGN(std::optional<std::string> tail, Tail(path));
    if (!tail) continue;
    for (std::size_t i = 0; i < kWitnessTailBytes; ++i) {  // each turn makes the text shorter
      const std::optional<std::string> note = LastNote(*tail, key.name);
      if (!note) break;
      const Result<trail::Checkpoint> opened = trail::OpenCheckpoint(*note, key);
      if (opened.ok()) return std::optional<trail::Checkpoint>(*opened);
      others = true;
    }
  }
  if (others) return Error{ErrorCode::kTrailWitnessFailed, file + ": no checkpoint of this key and origin", {}};
  return std::optional<trail::Checkpoint>();
}

}  // namespace madoguchi::audit
