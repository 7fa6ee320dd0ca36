// SPDX-License-Identifier: Apache-2.0
#include "contract/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "contract/descriptor.h"

namespace madoguchi {
namespace {

Error FileError(ErrorCode code, const std::string& path, int reason) {
  return {code, path + ": " + std::generic_category().message(reason), {}};
}

Result<std::string> Read(const std::string& path, std::size_t bytes_max, bool must_be_private) {
  const Descriptor file(open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.get() < 0) return FileError(ErrorCode::kConfigFileUnreadable, path, errno);
  struct stat status {};
  if (fstat(file.get(), &status) != 0) return FileError(ErrorCode::kConfigFileUnreadable, path, errno);
  if (must_be_private && (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
    return Error{ErrorCode::kConfigFilePermissions, path + ": group or others may use it; run chmod 600", {}};
  }
  std::string content;
  char block[16384];
  for (;;) {
    const ssize_t got = read(file.get(), block, sizeof block);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileError(ErrorCode::kConfigFileUnreadable, path, errno);
    if (got == 0) return content;
    content.append(block, static_cast<std::size_t>(got));
    if (content.size() > bytes_max) {
      return Error{
          ErrorCode::kConfigFileUnreadable, path + ": larger than " + std::to_string(bytes_max) + " bytes", {}};
    }
  }
}

Result<void> Write(const std::string& path, std::string_view content, bool is_private) {
  const Descriptor file(open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, is_private ? 0600 : 0644));
  if (file.get() < 0) return FileError(ErrorCode::kConfigFileUnwritable, path, errno);
  if (is_private && fchmod(file.get(), 0600) != 0) return FileError(ErrorCode::kConfigFileUnwritable, path, errno);
  while (!content.empty()) {
    const ssize_t put = write(file.get(), content.data(), content.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return FileError(ErrorCode::kConfigFileUnwritable, path, errno);
    content.remove_prefix(static_cast<std::size_t>(put));
  }
  if (fsync(file.get()) != 0) return FileError(ErrorCode::kConfigFileUnwritable, path, errno);
  return {};
}

}  // namespace

Result<std::string> ReadSmallFile(const std::string& path, std::size_t bytes_max) {
  return Read(path, bytes_max, false);
}

Result<std::string> ReadPrivateFile(const std::string& path, std::size_t bytes_max) {
  return Read(path, bytes_max, true);
}

Result<void> WriteFileWhole(const std::string& path, std::string_view content, bool is_private) {
  const std::string temporary = path + ".new";
  Result<void> done = Write(temporary, content, is_private);
  if (done) done = MoveFile(temporary, path);
  if (!done) unlink(temporary.c_str());  // half a key is not left lying about
  return done;
}

Result<void> MoveFile(const std::string& from, const std::string& to) {
  if (std::rename(from.c_str(), to.c_str()) != 0) return FileError(ErrorCode::kConfigFileUnwritable, to, errno);
  // The new name is on disk with its directory.
  const std::size_t slash = to.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : to.substr(0, slash + 1);
  const Descriptor directory(open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0 || fsync(directory.get()) != 0)
    return FileError(ErrorCode::kConfigFileUnwritable, folder, errno);
  return {};
}

}  // namespace madoguchi
