// SPDX-License-Identifier: Apache-2.0
// Where secrets that the server answers go (a first PIN, recovery codes, a TOTP address, break-glass codes, links,
// settings sheets). One rule: they are written only where --out says, a file that must not exist yet, mode 0600;
// without
// --out a few lines may be shown when standard output is a terminal and neither --json nor --csv is asked for. The
// place is made sure of before the server is asked, so that nothing is answered that cannot be kept.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "admin/cli/failure.h"
#include "admin/cli/settings.h"

namespace madoguchi::cli {

inline constexpr std::size_t kFileNameBytesMax = 200;

// A file of lines `name=value`, or the terminal.
class SecretLines {
 public:
  SecretLines() = default;
  ~SecretLines();  // removes a file into which nothing was kept
  SecretLines(const SecretLines&) = delete;
  SecretLines& operator=(const SecretLines&) = delete;
  // out: the value of --out or empty.
  Done Open(const Settings& settings, const std::string& out);
  Done Keep(const std::vector<std::pair<std::string, std::string_view>>& lines);

 private:
  std::string path_;
  int descriptor_ = -1;
};

// A folder, made with mode 0700 when it is not there.
class OutFolder {
 public:
  OutFolder() = default;
  ~OutFolder();
  OutFolder(const OutFolder&) = delete;
  OutFolder& operator=(const OutFolder&) = delete;
  Done Open(const std::string& path);
  // Mode 0600, never over another file. `name` may come from the server: one that is no plain file name is refused.
  Done Write(const std::string& name, std::string_view content);
  const std::vector<std::string>& written() const { return written_; }  // whole paths

 private:
  std::string path_;
  int descriptor_ = -1;
  std::vector<std::string> written_;
};

// No separator, not hidden, nothing that Printable would change, at most kFileNameBytesMax.
bool IsPlainFileName(std::string_view name);

}  // namespace madoguchi::cli
