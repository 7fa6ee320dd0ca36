// SPDX-License-Identifier: Apache-2.0
#include "admin/cli/received_files.h"

#include "admin/cli/secrets.h"

namespace madoguchi::cli {

ReceivedFiles::~ReceivedFiles() {
  for (auto& [name, content] : files_) WipeText(content);
}

Done ReceivedFiles::Add(const std::string& name, const std::string& content) {
  if (name.empty() && files_.empty()) return Because(ErrorCode::kServerMessageInvalid, "a chunk before any name");
  if (!name.empty() && (files_.empty() || files_.back().first != name)) {
    if (!IsPlainFileName(name)) return Because(ErrorCode::kServerMessageInvalid, "file name");
    if (files_.size() >= kReceivedFilesMax) return Because(ErrorCode::kServerMessageInvalid, "too many files");
    files_.emplace_back(name, "");
  }
  bytes_ += content.size();
  if (bytes_ > kReceivedBytesMax) return Because(ErrorCode::kServerMessageInvalid, "too many bytes");
  std::string& whole = files_.back().second;
  if (whole.capacity() < whole.size() + content.size()) {  // no growth behind our back: the old copy is wiped
    std::string larger;
    larger.reserve((whole.size() + content.size()) * 2);
    larger = whole;
    WipeText(whole);
    whole.swap(larger);
  }
  whole += content;
  return {};
}

Done ReceivedFiles::WriteInto(OutFolder& folder) const {
  for (const auto& [name, content] : files_) {
    if (Done failed = folder.Write(name, content)) return failed;
  }
  return {};
}

}  // namespace madoguchi::cli
