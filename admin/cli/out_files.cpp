// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/out_files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <system_error>

#include "admin/cli/text.h"

namespace madoguchi::cli {
namespace {

constexpr int kNew = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
constexpr mode_t kOwnerOnly = S_IRUSR | S_IWUSR;

Failure NotWritten(const std::string& path, int reason) {
  return Because(ErrorCode::kConfigFileUnwritable, path + ": " + std::generic_category().message(reason));
}

bool WriteAll(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t put = write(descriptor, content.data(), content.size());
    if (put < 0 && errno == EINTR) continue;
    if (put < 0) return false;
    content.remove_prefix(static_cast<std::size_t>(put));
  }
  return true;
}

}  // namespace

SecretLines::~SecretLines() {
  if (descriptor_ < 0) return;
  close(descriptor_);
  unlink(path_.c_str());
}

Done SecretLines::Open(const Settings& settings, const std::string& out) {
  if (out.empty()) {
    if (!settings.json && !settings.csv && isatty(STDOUT_FILENO) == 1) return {};
    return Usage("秘密の結果を書くファイルを --out FILE で指定してください（新しいファイル、0600）",
                 "name the file for the secret result with --out FILE (a new file, mode 0600)");
  }
  path_ = out;
  descriptor_ = open(out.c_str(), kNew, kOwnerOnly);
  if (descriptor_ < 0) return NotWritten(out, errno);
  return {};
}

Done SecretLines::Keep(const std::vector<std::pair<std::string, std::string_view>>& lines) {
  for (const auto& [name, value] : lines) {
    if (descriptor_ < 0) {
      std::printf("%s=%s\n", name.c_str(), Printable(value).c_str());
    } else if (!WriteAll(descriptor_, name + "=") || !WriteAll(descriptor_, value) || !WriteAll(descriptor_, "\n")) {
      return NotWritten(path_, errno);
    }
  }
  if (descriptor_ < 0) return {};
  if (fsync(descriptor_) != 0) return NotWritten(path_, errno);
  close(descriptor_);
  descriptor_ = -1;
  return {};
}

OutFolder::~OutFolder() {
  if (descriptor_ >= 0) close(descriptor_);
}

Done OutFolder::Open(const std::string& path) {
  path_ = path;
  if (mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) return NotWritten(path, errno);
  descriptor_ = open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor_ < 0 || faccessat(descriptor_, ".", W_OK | X_OK, 0) != 0) return NotWritten(path, errno);
  return {};
}

Done OutFolder::Write(const std::string& name, std::string_view content) {
  const std::string path = path_ + "/" + name;
  if (!IsPlainFileName(name)) return Because(ErrorCode::kServerMessageInvalid, "file name");
  const int file = openat(descriptor_, name.c_str(), kNew, kOwnerOnly);
  if (file < 0) return NotWritten(path, errno);
  const bool whole = WriteAll(file, content) && fsync(file) == 0;
  const int reason = errno;
  close(file);
  if (!whole) {
    unlinkat(descriptor_, name.c_str(), 0);
    return NotWritten(path, reason);
  }
  written_.push_back(path);
  return {};
}

bool IsPlainFileName(std::string_view name) {
  return !name.empty() && name.size() <= kFileNameBytesMax && name.front() != '.' &&
         name.find('/') == std::string_view::npos && Printable(name) == name;
}

}  // namespace madoguchi::cli
