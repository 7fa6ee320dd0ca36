// SPDX-License-Identifier: Apache-2.0
#include "server/handoff/folder.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "contract/bytes.h"
#include "contract/crypto/digest.h"
#include "contract/descriptor.h"

namespace madoguchi::handoff {
namespace {

// What a failed call says about the folder. The path of the folder is the administrator's own setting; file names say
// nothing of a person.
ErrorCode CodeOf(int reason) {
  switch (reason) {
    case ENOENT:
    case ENOTDIR:
    case ENODEV:
    case ENXIO:
    case ENOTCONN:
    case EHOSTDOWN:
    case EHOSTUNREACH:
    case ENETUNREACH:
    case ESTALE:
      return ErrorCode::kHandoffFolderMissing;
    case ENOSPC:
    case EDQUOT:
      return ErrorCode::kHandoffFolderFull;
    case EROFS:
    case EACCES:
    case EPERM:
      return ErrorCode::kHandoffFolderReadOnly;
    default:
      return ErrorCode::kHandoffFileFailed;
  }
}

Error Failed(const char* act, const std::string& path, int reason) {
  return {CodeOf(reason), std::string(act) + " " + path + ": " + std::generic_category().message(reason), {}};
}

// renameat2 is not there on every kind of share; link(2) refuses an existing name everywhere it works.
int RenameOverNothing(const char* from, const char* to) {
  if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != EINVAL && errno != ENOSYS) return errno;
  if (link(from, to) != 0) return errno;
  unlink(from);
  return 0;
}

}  // namespace

Result<void> Folder::Put(const std::string& name, std::string_view content, const std::string& token) const {
  const std::string unfinished = Full(kUnfinishedPrefix + token);
  Result<void> done = Write(unfinished, content);
  if (done) done = Publish(unfinished, name, content);
  if (!done) unlink(unfinished.c_str());
  return done;
}

Result<void> Folder::Write(const std::string& full, std::string_view content) const {
  Descriptor file(open(full.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, kFolderFileMode));
  if (file.get() < 0) return Failed("open", path_, errno);
  if (fchmod(file.get(), kFolderFileMode) != 0 && errno == EROFS) return Failed("chmod", path_, errno);
  while (!content.empty()) {
    const ssize_t put = write(file.get(), content.data(), content.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return Failed("write", path_, errno);
    content.remove_prefix(static_cast<std::size_t>(put));
  }
  if (fsync(file.get()) != 0) return Failed("flush", path_, errno);
  if (const int reason = file.Close(); reason != 0) return Failed("close", path_, reason);
  return {};
}

Result<void> Folder::Publish(const std::string& unfinished, const std::string& name, std::string_view content) const {
  const std::string full = Full(name);
  const int reason = RenameOverNothing(unfinished.c_str(), full.c_str());
  if (reason == EEXIST) {
    const Result<std::string> there = Read(name);
    if (there && *there == content) {
      unlink(unfinished.c_str());
      return {};
    }
    // Taken between the rename and the look: free again, so the next attempt succeeds.
    if (!there && !Has(name)) return Error{ErrorCode::kHandoffFileFailed, "the name was just freed", {}};
    return Error{ErrorCode::kHandoffNameTaken, path_ + ": a file of this name with other content", {}};
  }
  if (reason != 0) {
    struct stat status {};
    const bool there = stat(path_.c_str(), &status) == 0;
    if (reason == ENOENT && there)
      return Error{ErrorCode::kHandoffFileFailed, path_ + ": the unfinished file vanished", {}};
    return Failed("rename", path_, reason);
  }
  const Descriptor directory(open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  // Shares that cannot flush a directory say EINVAL; the name is there all the same.
  if (directory.get() >= 0) fsync(directory.get());
  return {};
}

Result<std::string> Folder::Read(const std::string& name, std::size_t at_most) const {
  // Others may put anything into the share: a pipe must not hold us, a link must not lead us out of it.
  const Descriptor file(open(Full(name).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
  struct stat status {};
  if (file.get() < 0 || fstat(file.get(), &status) != 0) {
    return Error{ErrorCode::kHandoffFileFailed, "read " + path_ + ": " + std::generic_category().message(errno), {}};
  }
  if (!S_ISREG(status.st_mode)) return Error{ErrorCode::kHandoffFileFailed, path_ + ": not a regular file", {}};
  std::string content;
  char block[16384];
  while (content.size() <= at_most) {
    const ssize_t got = read(file.get(), block, std::min(sizeof block, at_most + 1 - content.size()));
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return Failed("read", path_, errno);
    if (got == 0) break;
    content.append(block, static_cast<std::size_t>(got));
  }
  return content;
}

bool Folder::Has(const std::string& name) const {
  struct stat status {};
  return lstat(Full(name).c_str(), &status) == 0;
}

Result<std::vector<std::string>> Folder::List(std::size_t at_most,
                                              const std::function<bool(const std::string&)>& wanted) const {
  std::vector<std::string> names;
  std::error_code error;
  std::size_t looked_at = 0;
  std::filesystem::directory_iterator entry(path_, error);
  for (const std::filesystem::directory_iterator end; !error && entry != end && names.size() < at_most;
       entry.increment(error)) {
    if (++looked_at > kFolderEntriesMax) break;
    std::string name = entry->path().filename().string();
    if (wanted(name)) names.push_back(std::move(name));
  }
  if (error) return Failed("list", path_, error.value());
  std::sort(names.begin(), names.end());
  return names;
}

bool Folder::Rename(const std::string& from, const std::string& to) const {
  return RenameOverNothing(Full(from).c_str(), Full(to).c_str()) == 0;
}

void Folder::Remove(const std::string& name) const {
  unlink(Full(name).c_str());
}

Result<bool> Folder::RemoveOwn(const std::string& name, const std::string& sha256) const {
  const std::string full = Full(name);
  struct stat status {};
  if (lstat(full.c_str(), &status) != 0) {
    if (errno != ENOENT || access(path_.c_str(), F_OK) != 0) return Failed("look", path_, errno);
    return false;
  }
  if (!S_ISREG(status.st_mode)) return true;
  TRY_ASSIGN(const std::string content, Read(name));
  if (ToHex(crypto::Sha256(AsBytes(content))) != sha256) return true;
  if (unlink(full.c_str()) != 0 && errno != ENOENT) return Failed("remove", path_, errno);
  return true;
}

void Folder::RemoveUnfinished(std::chrono::hours age) const {
  const Result<std::vector<std::string>> names = List(kUnfinishedAtOnceMax, [](const std::string& name) {
    constexpr std::size_t prefix = std::string_view(kUnfinishedPrefix).size();
    return name.starts_with(kUnfinishedPrefix) && UuidFromText(name.substr(prefix)).has_value();
  });
  const auto newest = std::chrono::system_clock::now() - age;
  for (const std::string& name : names ? *names : std::vector<std::string>()) {
    struct stat status {};
    if (lstat(Full(name).c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
        std::chrono::system_clock::from_time_t(status.st_mtim.tv_sec) < newest) {
      Remove(name);
    }
  }
}

Result<void> Folder::Try(const std::string& token) const {
  const std::string unfinished = Full(kUnfinishedPrefix + token), tried = unfinished + "-tried";
  Result<void> done = Write(unfinished, "madoguchi\n");
  if (const int reason = done ? RenameOverNothing(unfinished.c_str(), tried.c_str()) : 0; reason != 0) {
    done = Failed("rename", path_, reason);
  }
  unlink(unfinished.c_str());
  if (unlink(tried.c_str()) != 0 && done) return Failed("remove", path_, errno);
  return done;
}

}  // namespace madoguchi::handoff
